"""A small OpenID Connect service on this machine, which can be told to lie in every way that matters."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from darvoza.office.provider import Provider

CLIENT, SECRET = "office:1", "a secret/with+signs"
KEY_NAME = "2026-1"
Answer = tuple[int, str, bytes]


def make_key() -> rsa.RSAPrivateKey:
    """A key of the service."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, STRANGE_KEY = make_key(), make_key()
WRITER: Any = RSAAlgorithm  # its own words on types are by half


@dataclass
class IdentityService:
    """What the service is and does.

    Attributes
    ----------
    person
        What it says of whoever comes, in the token.
    more
        What it says where it is asked with the access token; nothing when that is not offered.
    lies
        Changes of the claims of a token just before it is signed; ``None`` takes a claim away.
    sign
        Signs claims.
    said
        Answers in place of those of an address, by its path.
    described
        What else its description says.
    asked
        Paths that were asked, in order.
    """

    address: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "preferred_username": "asel"})
    more: dict[str, Any] | None = None
    lies: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(claims, KEY, "RS256", {"kid": KEY_NAME})
    said: dict[str, Answer] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def provider(self, **changes: Any) -> Provider:
        """The service as an office names it."""
        told = {"issuer": self.address, "client_id": CLIENT, "secret": SECRET, "name": "Ministry of Finance"}
        return Provider(**{**told, **changes})

    def visit(self, target: str, **changes: str) -> str:
        """Be the person who arrives at the service and signs in there; give where the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(target).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **changes})}"

    def answer(self, path: str, query: str, headers: dict[str, str], form: dict[str, str]) -> Answer:
        """Answer a request."""
        self.asked.append(path)
        if path in self.said:
            return self.said[path]
        if path == "/authorize":
            return 302, self.visit(f"{path}?{query}"), b""
        answers: dict[str, Callable[[], dict[str, Any] | None]] = {
            "/.well-known/openid-configuration": self._description,
            "/keys": self._keys,
            "/token": lambda: self._token(headers.get("authorization", ""), form),
            "/more": lambda: self.more if headers.get("authorization") == "Bearer access" else None,
        }
        told = answers[path]()
        return (200, "application/json", json.dumps(told).encode()) if told else (401, "application/json", b"{}")

    def _description(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        names |= {"userinfo_endpoint": "more"} if self.more is not None else {}
        return {
            "issuer": self.address,
            **{name: f"{self.address}/{path}" for name, path in names.items()},
        } | self.described

    def _keys(self) -> dict[str, Any]:
        return {"keys": [{**WRITER.to_jwk(KEY.public_key(), as_dict=True), "kid": KEY_NAME, "use": "sig"}]}

    def _token(self, authorization: str, form: dict[str, str]) -> dict[str, Any] | None:
        """Give a token for a code: once, to this client, with what the code was asked for with."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        if (CLIENT, SECRET) not in {_pair(authorization), (form.get("client_id"), form.get("client_secret"))}:
            return None
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.person,
        }
        claims = {name: value for name, value in (claims | self.lies).items() if value is not None}
        return {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(claims)}


def _pair(authorization: str) -> tuple[str, str]:
    """Name and secret out of a header."""
    plain = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ":"
    name, _, secret = plain.partition(":")
    return unquote(name), unquote(secret)


@contextmanager
def serving() -> Iterator[IdentityService]:
    """A service that answers for as long as it is needed."""
    service = IdentityService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, kind, body = service.answer(parts.path, parts.query, headers, form)
            self.send_response(status)
            self.send_header("Location" if status == 302 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
