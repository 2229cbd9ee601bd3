"""A small OpenID Connect provider on a port of this machine: real keys, real checks of code, verifier and secret."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "filmroom-tests", "a secret: with % and + in it"
Claims = dict[str, object]
_KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
"""Made once: a key takes a while."""


@dataclass
class Asked:
    """One question at the authorization endpoint."""

    challenge: str
    nonce: str
    back: str


@dataclass
class Provider:
    """What the provider says, and what it was asked. Tests change `claims`, `sign_with`, `header`, `name`, `error`."""

    now: Callable[[], datetime]
    issuer: str = ""
    name: str | None = None
    key: RSAKey = field(default_factory=lambda: _KEY)
    sign_with: RSAKey | OctKey | None = None
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    claims: Claims = field(default_factory=lambda: {"email": "mark@film.example", "email_verified": True})
    error: str = ""
    codes: dict[str, Asked] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    keys_fetched: int = 0

    def metadata(self) -> Claims:
        """What is published at .well-known/openid-configuration."""
        return {
            "issuer": self.name or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent: the person has signed in here, and agrees."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if self.error:
            return f"{query['redirect_uri']}?{urlencode({'error': self.error, 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = Asked(query["code_challenge"], query["nonce"], query["redirect_uri"])
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """The tokens for a code that was never used, with the verifier of its challenge and the client's secret."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote(basic[0]), unquote(basic[2])) != (CLIENT, SECRET):
            return self._no("invalid_client")
        if asked is None or form["redirect_uri"] != asked.back or challenge != asked.challenge:
            return self._no("invalid_grant")
        token = jwt.encode(
            self.header, self._claims(asked.nonce), self.sign_with or self.key, algorithms=["RS256", "HS256"]
        )
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}

    def keys(self) -> Claims:
        """The public keys."""
        self.keys_fetched += 1
        return {**KeySet([self.key]).as_dict(private=False)}

    def _claims(self, nonce: str) -> Claims:
        at = int(self.now().timestamp())
        standard = {"iss": self.issuer, "sub": "4711", "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": nonce}
        return {k: v for k, v in {**standard, **self.claims}.items() if v is not None}

    def _no(self, error: str) -> tuple[int, Claims]:
        self.refusals.append(error)
        return 400, {"error": error}


@contextmanager
def provider(now: Callable[[], datetime]) -> Iterator[Provider]:
    """A provider that listens until the block ends."""
    served = Provider(now)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", served.authorize({k: v[0] for k, v in parse_qs(parts.query).items()}))
                self.end_headers()
                return
            pages = {"/.well-known/openid-configuration": served.metadata, "/keys": served.keys}
            found = pages.get(parts.path)
            self._say(200, found()) if found else self._say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[0] for k, v in parse_qs(body).items()}
            self._say(*served.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, value: Claims) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    served.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def walked(url: str) -> str:
    """Where the provider sends a browser that was sent to this address."""
    import httpx

    answer = httpx.get(url, follow_redirects=False, trust_env=False)
    assert answer.status_code == 302, answer.text
    return quote(answer.headers["Location"], safe=":/?=&%+")
