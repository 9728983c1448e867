"""What the service signed: read, and believed only when every part of it is for this office, this sign-in and this moment."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import jwt

from darvoza.errors import ProviderError
from darvoza.office.provider import Provider

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key that the service alone has; none at all, or one by a shared secret, is no signature."""

NEEDED: Final = ("iss", "sub", "aud", "exp", "iat", "nonce")
LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""


def claims_of(
    token: str, keys: Mapping[str, Any], provider: Provider, *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Give what a token says of a person.

    Parameters
    ----------
    token
        The token, as the service handed it to the office itself.
    keys
        The keys of the service (a JSON Web Key Set).
    nonce
        What was sent along with the person when this sign-in began.
    now
        The moment.

    Raises
    ------
    ProviderError
        When it is signed by nobody known, for somebody else, for another sign-in, or out of time.

    References
    ----------
    OpenID Connect Core 1.0 incorporating errata set 2, 3.1.3.7.
    """
    try:
        key = _key(jwt.get_unverified_header(token), keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=list(ALGORITHMS),
            audience=provider.client_id,
            issuer=provider.issuer,
            options={"require": list(NEEDED), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as problem:
        raise ProviderError(
            field="id_token", expected="a token for this office", got=type(problem).__name__
        ) from problem
    _check_party(claims, provider.client_id)
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise ProviderError(field="id_token.nonce", expected="that of this sign-in", got="another")
    _check_time(claims, now.timestamp())
    return claims


def _key(header: Mapping[str, Any], keys: Mapping[str, Any]) -> jwt.PyJWK:
    """Give the key that a token says it was signed with; where it names none, the only one there is."""
    listed = keys.get("keys")
    if not isinstance(listed, list):
        raise ProviderError(field="keys", expected="a set of keys", got=type(listed).__name__)
    signing = [each for each in listed if isinstance(each, dict) and each.get("use", "sig") == "sig"]
    named = header.get("kid")
    found = signing if named is None else [each for each in signing if each.get("kid") == named]
    if len(found) != 1:
        raise ProviderError(field="id_token.kid", expected="one key of the service", got=f"{len(found)} keys")
    if found[0].get("kty") == "oct":
        raise ProviderError(field="keys", expected="a key of two halves", got="a shared secret")
    return jwt.PyJWK(found[0])


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """See that a token for several was made for this office."""
    audience, party = claims["aud"], claims.get("azp")
    alone = isinstance(audience, str) or len(audience) == 1
    if party != client_id and (party is not None or not alone):
        raise ProviderError(field="id_token.azp", expected="this office", got="another")


def _check_time(claims: Mapping[str, Any], now: float) -> None:
    """See that a token holds at this moment."""
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if not all(isinstance(at, int | float) and not isinstance(at, bool) for at in times.values()):
        raise ProviderError(field="id_token", expected="times as numbers", got="something else")
    if times["exp"] <= now - LEEWAY:
        raise ProviderError(field="id_token.exp", expected="a token that still holds", got="one that is over")
    if max(times["iat"], times.get("nbf", 0)) > now + LEEWAY:
        raise ProviderError(field="id_token.iat", expected="a token of the past", got="one of the future")
