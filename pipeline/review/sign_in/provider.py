"""Owns signing in by an OpenID Connect provider: the way there (code flow with PKCE), the way back, what is checked.

Nothing is kept between the two at the server: the browser carries state, nonce and verifier in a cookie that the server
signed, for ten minutes.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from pipeline.adapters.chat_address import is_local
from pipeline.config import OidcProvider
from pipeline.domain.base import Value
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.review.sign_in.id_token import (
    AGAIN,
    Expected,
    ProviderError,
    UnknownKeyError,
    UnreachableError,
    verified_claims,
)
from pipeline.review.sign_in.signed import sign, signed_by

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped] # it ships no types

VALID_FOR = timedelta(minutes=10)
_TIMEOUT_S = 10.0


class Trip(Value):
    """What the browser carries to the provider and back. `wanted` is the path that it goes on to."""

    state: str
    nonce: str
    verifier: str
    wanted: str
    until: AwareDatetime


class Arrival(Value):
    """Who came back, by the claim that is compared with users, and where they wanted to go."""

    name: str
    wanted: str


class _Metadata(Value):
    """What the provider publishes of itself, as far as it is needed."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = Field(default=("client_secret_basic",))


class Provider:
    """The provider of [review.oidc]. Raises, when made: UsageError where the secret's variable is not set."""

    def __init__(self, settings: OidcProvider, key: Callable[[], bytes], *, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._now = now
        self._secret = _secret(settings.client_secret_variable)
        self._metadata: _Metadata | None = None
        self._keys: Mapping[str, Any] | None = None

    def leave(self, back: str, wanted: str) -> tuple[str, str]:
        """Where to send the browser, and the cookie that it has to bring back; `back` is our own address for that.

        Raises: UnreachableError.
        """
        trip = Trip(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            wanted=wanted,
            until=self._now() + VALID_FOR,
        )
        metadata = self._known()
        with self._client(back, metadata) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=trip.state, code_verifier=trip.verifier, nonce=trip.nonce
            )
        return str(url), sign(trip.model_dump_json(), self._key())

    def arrive(self, back: str, cookie: str, answer: Mapping[str, str]) -> Arrival:
        """Who came back with this answer of the provider. Raises: ProviderError, UnreachableError."""
        trip = self._trip(cookie)
        if not secrets.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
            raise ProviderError("this answer is not to a question that your browser asked", hint=AGAIN)
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise ProviderError("this answer is of another provider", hint=AGAIN)
        if "code" not in answer:
            told = visible(answer.get("error", "no reason given"))[:80]
            raise ProviderError(f"the provider did not let you in ({told})", hint=f"{AGAIN}, or ask your admin")
        metadata = self._known()
        token = self._token(back, metadata, code=answer["code"], verifier=trip.verifier)
        return Arrival(name=self._name(self._claims(metadata, token, trip.nonce)), wanted=trip.wanted)

    def _trip(self, cookie: str) -> Trip:
        text = signed_by(cookie, self._key())
        try:
            trip = Trip.model_validate_json(text) if text is not None else None
        except ValidationError:
            trip = None  # of an earlier version of this program: as good as none
        if trip is None or self._now() >= trip.until:
            raise ProviderError("this took longer than ten minutes, or began in another browser", hint=AGAIN)
        return trip

    def _token(self, back: str, metadata: _Metadata, *, code: str, verifier: str) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
        from httpx2 import HTTPError

        with self._client(back, metadata) as client:
            try:
                token: Mapping[str, Any] = client.fetch_token(
                    metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
                )
            except AuthlibBaseError as error:
                why = visible(str(error.error))[:80]
                raise ProviderError(f"the provider took its code not back ({why})", hint=AGAIN) from error
            except (HTTPError, ValueError) as error:
                raise self._silent(error) from error
        return token

    def _claims(self, metadata: _Metadata, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        expected = Expected(
            issuer=self._settings.issuer,
            audience=self._settings.client_id,
            nonce=nonce,
            now=self._now(),
            access_token=token.get("access_token"),
        )
        given = str(token.get("id_token", ""))
        try:
            return verified_claims(given, self._keys_of(metadata), expected)
        except UnknownKeyError:  # providers change their keys now and then
            return verified_claims(given, self._keys_of(metadata, anew=True), expected)

    def _name(self, claims: Mapping[str, Any]) -> str:
        claim = self._settings.claim
        name = claims.get(claim)
        if not isinstance(name, str) or not name.strip():
            raise ProviderError(f"the provider's token has no {claim}", hint="ask your admin: claim in [review.oidc]")
        if claim == "email" and claims.get("email_verified", True) not in (True, "true"):
            raise ProviderError("the provider has not verified your e-mail address", hint="verify it there first")
        return name

    def _known(self) -> _Metadata:
        if self._metadata is None:
            address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                found = _Metadata.model_validate(self._fetched(address))
            except ValidationError as error:
                raise self._silent(error) from error
            if found.issuer != self._settings.issuer:
                raise UnreachableError(
                    f"the provider says that its name is {visible(found.issuer)[:120]}",
                    hint="ask your admin: issuer in [review.oidc] has to be the same to the letter",
                )
            if self._settings.issuer.startswith("https:") and not all(
                url.startswith("https://")
                for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            ):
                raise UnreachableError("the provider names an address without https", hint="ask your admin")
            self._metadata = found
        return self._metadata

    def _keys_of(self, metadata: _Metadata, *, anew: bool = False) -> Mapping[str, Any]:
        if self._keys is None or anew:
            self._keys = self._fetched(metadata.jwks_uri)
        return self._keys

    def _fetched(self, address: str) -> Mapping[str, Any]:
        import httpx2

        try:
            response = httpx2.get(address, timeout=_TIMEOUT_S, trust_env=not is_local(address))
            found = response.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise self._silent(error) from error
        if not isinstance(found, dict):
            raise self._silent(TypeError(f"{address} holds no object"))
        return found

    def _silent(self, error: Exception) -> UnreachableError:
        told = f"{self._settings.issuer} gives no answer that could be used ({type(error).__name__})"
        return UnreachableError(told, hint="try again in a while; if it stays so, ask your admin")

    def _client(self, back: str, metadata: _Metadata) -> "OAuth2Client":
        from authlib.integrations.httpx_client import OAuth2Client

        methods = metadata.token_endpoint_auth_methods_supported
        by = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret,
            token_endpoint_auth_method=by if self._secret else "none",
            scope=" ".join(self._settings.scopes),
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_TIMEOUT_S,
            trust_env=not is_local(metadata.token_endpoint),  # one on this machine is asked past all proxies
        )


def _secret(variable: str | None) -> str | None:
    if variable is None:
        return None
    if not (secret := os.environ.get(variable)):
        raise UsageError(
            f"the environment variable {variable} is not set",
            hint="put the client's secret there, or leave client_secret_variable of [review.oidc] out",
        )
    return secret
