"""Owns where a workspace has its objects: its own folder, or where store.json says, which the first result writes."""

from pathlib import Path

from pydantic import ValidationError

from pipeline.buckets import Bucket, may_use_http
from pipeline.config.night import Store
from pipeline.domain.addresses import is_address, parsed_address
from pipeline.errors import StoreError, UsageError
from pipeline.store.blobs import Blobs, FolderBlobs
from pipeline.store.bucket_blobs import BucketBlobs
from pipeline.store.durable import create

FILE = "store.json"
_REMEMBERED = {"objects", "endpoint", "region", "allow_http"}


class ObjectsPlace:
    """Where the objects of one workspace are.

    `settings` are the table [store] of whoever opens the workspace; without them, or where they name no place, it is
    what the workspace remembers. Raises: UsageError when they name another place than that; StoreError.
    """

    def __init__(self, root: Path, settings: Store | None = None) -> None:
        self._file = root / FILE
        own, kept = root / "objects", _kept(self._file)
        given = _normal(settings, own)
        if kept is not None and given is not None and _same(kept) != _same(given):
            raise UsageError(
                f"[store] says {given.objects}, but the results of {root} are in {kept.objects}",
                hint=f"take the setting back, or choose another workspace; after moving all results, correct {FILE}",
            )
        if kept is None and given is not None and own.is_dir() and any(own.iterdir()):
            raise UsageError(
                f"[store] says {given.objects}, but {root} has results in {own}",
                hint="choose another workspace, or copy that folder there, names unchanged, and move it away here",
            )
        self._to_write = given if kept is None else None
        at = given or kept
        self.blobs: Blobs = FolderBlobs(own) if at is None else _blobs(at)

    def settle(self) -> None:
        """Have the workspace remember, before the first result is written. Raises: UnavailableError, UsageError."""
        if self._to_write is None:
            return
        if isinstance(self.blobs, BucketBlobs):
            self.blobs.require_create()
        said = self._to_write.model_dump_json(include=_REMEMBERED, indent=1).encode()
        if not create(self._file, said) and _same(found := _kept(self._file)) != _same(self._to_write):
            where = found.objects if found else "its own folder"
            raise UsageError(
                f"another run of this workspace keeps its results in {where}", hint="give both the same [store]"
            )
        self._to_write = None


def remembered(root: Path) -> Store | None:
    """Where this workspace remembers that its objects are; None for its own folder. Raises: StoreError."""
    return _kept(root / FILE)


def _kept(file: Path) -> Store | None:
    try:
        return Store.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        hint = "restore it from a copy: it says where the results of this workspace are"
        raise StoreError(f"cannot read {file}: {error}", hint=hint) from error


def _normal(settings: Store | None, own: Path) -> Store | None:
    """The settings with the one spelling of their place; None where that is the workspace's own folder."""
    if settings is None or settings.objects is None:
        return None
    if is_address(settings.objects):
        may_use_http(settings)
        return settings.model_copy(update={"objects": str(parsed_address(settings.objects))})
    folder = Path(settings.objects).resolve()
    if folder == own.resolve():
        return None
    return Store(objects=str(folder))


def _same(place: Store | None) -> tuple[str | None, str | None]:
    return (place.objects, (place.endpoint or "").rstrip("/")) if place else (None, None)


def _blobs(place: Store) -> Blobs:
    assert place.objects is not None
    if not is_address(place.objects):
        return FolderBlobs(Path(place.objects))
    address = parsed_address(place.objects)
    return BucketBlobs(Bucket(address.bucket, place), address.key)
