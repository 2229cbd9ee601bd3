"""Owns texts that a browser carries for the server: signed, so that it cannot change them."""

import base64
import hashlib
import hmac


def sign(text: str, key: bytes) -> str:
    """The text and its signature, in letters that a cookie may have."""
    body = base64.urlsafe_b64encode(text.encode()).decode()
    return f"{body}.{_signature(body, key)}"


def signed_by(signed: str, key: bytes) -> str | None:
    """The text that was signed with this key; None for anything else."""
    body, _, signature = signed.rpartition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(body, key).encode()):
        return None
    return base64.urlsafe_b64decode(body).decode()


def _signature(body: str, key: bytes) -> str:
    return hmac.new(key, b"carried:" + body.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
