"""Owns objects in a bucket: a name is a key below the prefix, and a conditional put makes it once."""

from collections.abc import Iterator

from pipeline.buckets import Bucket
from pipeline.store.blobs import Blob


class BucketBlobs:
    """Objects below a prefix of a bucket; fulfils `Blobs`."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self.bucket = bucket
        self._prefix = prefix.strip("/")
        self._before = f"{self._prefix}/" if self._prefix else ""

    @property
    def place(self) -> str:
        """The address."""
        return f"s3://{self.bucket.name}/{self._prefix}".rstrip("/")

    def require_create(self) -> None:
        """Passes when the service honours conditional puts. Raises: UnavailableError."""
        self.bucket.require_create(self._prefix)

    def create(self, name: str, data: bytes) -> bool:
        """See `Blobs`."""
        return self.bucket.create(self._before + name, data)

    def read(self, name: str) -> bytes:
        """See `Blobs`."""
        return self.bucket.read(self._before + name)

    def exists(self, name: str) -> bool:
        """See `Blobs`."""
        return self.bucket.head(self._before + name) is not None

    def keeps_versions(self, name: str) -> bool:
        """Whether what is deleted under this name stays in the bucket, as an earlier version. Raises:
        UnavailableError."""
        return self.bucket.keeps_versions(self._before + name)

    def all(self, folder: str = "") -> Iterator[Blob]:
        """See `Blobs`."""
        for found in self.bucket.all((self._before + folder).rstrip("/")):
            yield Blob(found.key.removeprefix(self._before), found.size, found.at)

    def leftovers(self) -> Iterator[Blob]:
        """See `Blobs`: none, since an object is there whole or not at all."""
        return iter(())

    def delete(self, name: str) -> None:
        """See `Blobs`."""
        self.bucket.delete(self._before + name)
