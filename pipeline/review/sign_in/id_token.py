"""Owns what an ID token of a provider has to be before anything in it is believed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.domain.base import Value
from pipeline.errors import FilmroomError
from pipeline.export.untrusted import visible

AGAIN = "start again from the sign-in page"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: none by a shared secret, and not "none"."""
_LEEWAY_S = 60


class ProviderError(FilmroomError):
    """Somebody could not be signed in by the provider."""


class UnreachableError(ProviderError):
    """The provider gives no answer that could be used."""

    retryable = True


class UnknownKeyError(ProviderError):
    """The token is signed by a key that the provider did not have when its keys were fetched."""


class Expected(Value):
    """What the token has to say: who made it, for whom, in answer to which question, and when it is."""

    issuer: str
    audience: str
    nonce: str
    now: datetime
    access_token: str | None = None


def verified_claims(token: str, keys: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """The claims of a token whose signature, issuer, audience, time and nonce are right.

    As OpenID Connect Core 1.0, 3.1.3.7 asks. Raises: UnknownKeyError, ProviderError naming what is wrong.
    """
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # it ships no types
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError
    from joserfc.jwk import KeySet

    try:
        decoded = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=[*_ALGORITHMS])  # type: ignore[arg-type]
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.audience},
            },
            {"nonce": expected.nonce, "client_id": expected.audience, "access_token": expected.access_token},
        )
        claims.validate(now=int(expected.now.timestamp()), leeway=_LEEWAY_S)
    except InvalidKeyIdError as error:
        raise UnknownKeyError("the provider's token is signed by a key that it does not publish", hint=AGAIN) from error
    except (JoseError, ValueError, KeyError) as error:
        why = visible(str(error))[:80]
        raise ProviderError(f"the provider's token is not right ({why})", hint=AGAIN) from error
    return dict(claims)
