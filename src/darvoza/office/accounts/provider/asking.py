"""Out to the service and back: what is sent with a person, what is kept meanwhile, and who comes back."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from darvoza.errors import ProviderError
from darvoza.office.accounts.provider.line import Ask
from darvoza.office.provider import Provider

SCOPES: Final = "openid profile email"
LASTS: Final = timedelta(minutes=10)
"""How long somebody may take to sign in at the service."""

_DESCRIPTION: Final = "/.well-known/openid-configuration"
_MORE: Final = "userinfo_endpoint"  # may be left out
_ADDRESSES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", _MORE)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: it is kept in the session of the browser, and can be ended there once.

    Attributes
    ----------
    state, nonce, verifier
        Chance that comes back in the address, in the token, and that is shown for the code.
    begun
        When it began, as ISO 8601 says it.
    onward
        Where the person wanted to go; empty for the first page of the work.
    """

    state: str
    nonce: str
    verifier: str
    begun: str
    onward: str = ""

    def over(self, now: datetime) -> bool:
        """Tell whether it took too long."""
        return not timedelta(0) <= now - datetime.fromisoformat(self.begun) <= LASTS


@dataclass(frozen=True, slots=True)
class Told:
    """What the service tells of who came back.

    Attributes
    ----------
    username
        The claim that carries the user name of the office; empty when the service does not tell it.
    second_factor
        Which second factor was used there, of those the administrator lets count; empty for none.
    """

    username: str
    second_factor: str


def begin(now: datetime, onward: str = "", chance: Callable[[], str] = secrets.token_urlsafe) -> Pending:
    """Begin a sign-in."""
    return Pending(chance(), chance(), chance(), now.isoformat(), onward)


def kept(pending: Pending) -> dict[str, str]:
    """Give a sign-in as a session keeps it."""
    return asdict(pending)


def describe(provider: Provider, ask: Ask) -> Mapping[str, Any]:
    """Ask the service for its addresses.

    Raises
    ------
    ProviderError
        When it does not answer, or describes another service.
    """
    said = ask(provider.issuer.rstrip("/") + _DESCRIPTION)
    if said.get("issuer") != provider.issuer:
        hint = "set DARVOZA_OIDC_ISSUER to it, if that is the service"
        raise ProviderError(field="issuer", expected=provider.issuer, got=said.get("issuer"), hint=hint)
    scheme = urlsplit(provider.issuer).scheme
    for name in _ADDRESSES:
        address = said.get(name, "" if name != _MORE else provider.issuer)
        if not isinstance(address, str) or urlsplit(address).scheme not in {"https", scheme}:
            raise ProviderError(field=name, expected="an address by HTTPS", got=address)
    return said


def address_of(described: Mapping[str, Any], provider: Provider, pending: Pending, back: str) -> str:
    """Give the address at the service that a person is sent to.

    Parameters
    ----------
    back
        The address of the office that the service sends the person back to.
    """
    digest = hashlib.sha256(pending.verifier.encode()).digest()
    sent = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": SCOPES,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    address = str(described["authorization_endpoint"])
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(sent)}"


def identify(code: str, provider: Provider, pending: Pending, back: str, *, ask: Ask, now: datetime) -> Told:
    """Exchange the code for a token, and read who came back.

    Raises
    ------
    ProviderError
        When the service does not answer, or its token cannot be believed.
    """
    described = describe(provider, ask)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": pending.verifier}
    given = _exchange(described, provider, form, ask)
    tokens = import_module("darvoza.office.accounts.provider.tokens")  # its library is there only with the extra
    claims: Mapping[str, Any] = tokens.claims_of(
        str(given.get("id_token", "")), ask(described["jwks_uri"]), provider, nonce=pending.nonce, now=now
    )
    if provider.claim not in claims and _MORE in described:
        claims = {**_more(described, given, str(claims["sub"]), ask), **claims}
    return Told(_username(claims, provider.claim), _second_factor(claims, provider.second_factor))


def _exchange(described: Mapping[str, Any], provider: Provider, form: Mapping[str, str], ask: Ask) -> Mapping[str, Any]:
    """Show the code for tokens; the office proves itself in the header, unless the service takes it in the form only."""
    methods = described.get("token_endpoint_auth_methods_supported")
    address = described["token_endpoint"]
    if isinstance(methods, list) and "client_secret_basic" not in methods:
        return ask(address, form={**form, "client_id": provider.client_id, "client_secret": provider.secret})
    pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
    return ask(address, form=form, authorization="Basic " + base64.b64encode(pair.encode()).decode())


def _more(described: Mapping[str, Any], given: Mapping[str, Any], subject: str, ask: Ask) -> Mapping[str, Any]:
    """Ask what the token does not tell; only what is told of the same person counts, and never how they signed in."""
    said = ask(described[_MORE], authorization=f"Bearer {given.get('access_token', '')}")
    if said.get("sub") != subject:
        raise ProviderError(field="userinfo.sub", expected="that of the token", got="another")
    return {name: value for name, value in said.items() if name not in {"amr", "acr"}}


def _username(claims: Mapping[str, Any], claim: str) -> str:
    """Give the user name that the claim carries; an e-mail address only when it was verified."""
    told = claims.get(claim)
    if not isinstance(told, str) or (claim == "email" and claims.get("email_verified") is not True):
        return ""
    return told


def _second_factor(claims: Mapping[str, Any], accepted: frozenset[str]) -> str:
    """Give what stands for a second factor among how the person signed in there (RFC 8176)."""
    methods = claims.get("amr")
    told = [claims.get("acr"), *(methods if isinstance(methods, list) else [])]
    return min((each for each in told if isinstance(each, str) and each in accepted), default="")
