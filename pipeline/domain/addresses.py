"""Owns addresses of what is in a bucket, s3://bucket/key, and the paths in which records carry them.

A path cannot hold two slashes in a row, so the path of s3://bucket/key is s3:/bucket/key; `shown` gives it back.
"""

import re
from pathlib import Path

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.errors import UsageError

SCHEME = "s3:"
_ADDRESS = re.compile(r"s3:/{1,2}([^/]+)(?:/(.*))?", re.DOTALL)


class Address(Value):
    """A bucket and a key in it; an empty key means all of the bucket."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    key: str = ""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"

    @property
    def path(self) -> Path:
        """The path that stands for it in records."""
        return Path(SCHEME, self.bucket, self.key)


def is_address(path: Path | str) -> bool:
    """Whether this means something in a bucket."""
    return str(path).startswith(SCHEME + "/")


def parsed_address(text: Path | str) -> Address:
    """What s3://bucket/key, or the path of it, means. Raises: UsageError."""
    match = _ADDRESS.fullmatch(str(text))
    try:
        return Address(bucket=match.group(1), key=(match.group(2) or "").strip("/"))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        hint = "write s3://bucket/prefix; a bucket's name has lower-case letters, digits, dots and hyphens"
        raise UsageError(f"{text} is no address of a bucket", hint=hint) from None


def shown(path: Path) -> str:
    """The path as people write it: s3://bucket/key for what is in a bucket."""
    text = str(path)
    return text.replace(SCHEME + "/", SCHEME + "//", 1) if is_address(text) else text
