"""Reads one sidecar file, JSON or YAML, keeping the line of each field. JSON is read as the YAML 1.2 that it is."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from pipeline.errors import MetadataError
from pipeline.plain_files import content
from pipeline.stages.ingest.metadata import FIELDS, Entry, Nested, Written
from pipeline.stages.ingest.transcripts.document import holds_transcript
from pipeline.yaml_files import nests_too_deeply

MAX_BYTES = 65_536
"""Of a sidecar, which is rarely longer than a kilobyte. YAML takes seconds to parse for each 100 kB."""
MAX_TABLE_BYTES = 1_000_000
"""Of calls.csv, which is no YAML but for the cells of its column channels."""
_LOOKED_AT_BYTES = 1_000_000
"""JSON up to this size is looked at, by a parser that is quick, to tell metadata from transcripts."""
_LONGEST_CELL = 1_000
_NULL = "tag:yaml.org,2002:null"


def read_sidecar(path: Path) -> dict[str, Entry]:
    """The fields of the file in order, not yet checked against any vocabulary.

    Raises: MetadataError when it cannot be read, is no mapping, or states a field twice.
    """
    text = read_text(path, most=MAX_BYTES)
    node = _composed(text, path)
    if not isinstance(node, MappingNode):
        raise MetadataError(
            "is no list of fields with values", hint='write {"rep": "Ann", "consent": "yes"}', path=path, line=1
        )
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        name, line = _text_of(key), key.start_mark.line + 1
        if name in entries:
            hint = f"keep one of them; the first is on line {entries[name].line}"
            raise MetadataError(f"{name} is stated twice", hint=hint, path=path, line=line)
        entries[name] = Entry(_written(value), line)
    return entries


def may_name_sides(path: Path) -> bool:
    """Whether the file may be a sidecar that joins several files; it is not parsed as YAML for that."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        begins = file.read(_LOOKED_AT_BYTES)
    return b"sides" in begins and is_metadata(path)


def is_metadata(path: Path) -> bool:
    """Whether a file by a sidecar's ending holds metadata; False for JSON that is a transcript, or neither."""
    if path.suffix.lower() != ".json":
        return True
    data = path.read_bytes() if path.is_file() and path.stat().st_size <= _LOOKED_AT_BYTES else b""
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return b'"sides"' in data
    fields = isinstance(document, Mapping) and any(name in FIELDS for name in document)
    return fields and not holds_transcript(document)


@lru_cache(maxsize=4096)
def read_mapping(text: str) -> Written:
    """A mapping written in one cell, as `{"0": "rep", "1": "customer"}`; the text itself where it is none, or is longer
    than any that could be meant."""
    if len(text) > _LONGEST_CELL or nests_too_deeply(text):
        return text
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError:
        return text
    return _written(node) if isinstance(node, MappingNode) else text


def read_text(path: Path, *, most: int) -> str:
    """The UTF-8 text of a metadata file, without its byte order mark.

    Raises: MetadataError, for one of more than `most` bytes before any of it is parsed.
    """
    try:
        data = content(path, most=most)
    except OSError as error:
        hint = "make the file readable"
        raise MetadataError(f"cannot be read ({error.strerror})", hint=hint, path=path) from error
    if data is None:
        hint = "split the folder" if path.suffix.lower() == ".csv" else "keep the fields of the call only"
        raise MetadataError(f"is larger than {most:,} bytes, too large for metadata", hint=hint, path=path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MetadataError("is not UTF-8 text", hint="save it as UTF-8", path=path, line=line) from error


def _composed(text: str, path: Path) -> Node | None:
    if nests_too_deeply(text):
        raise MetadataError("is nested too deeply for metadata", hint="keep the fields of the call only", path=path)
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        message = f"is not valid {path.suffix[1:].upper()}: {error.problem or error.context}"
        raise MetadataError(message, hint="correct the syntax on this line", path=path, line=line) from error
    except (YAMLError, RecursionError) as error:
        message = f"is not valid {path.suffix[1:].upper()}: {str(error).splitlines()[0]}"
        raise MetadataError(message, hint="remove what is not text", path=path) from error
    return node


def _written(node: Node) -> Written:
    if isinstance(node, ScalarNode):
        return None if node.tag == _NULL else _text_of(node)
    if not isinstance(node, MappingNode):
        return Nested("a list")
    pairs: Mapping[str, str] = {_text_of(k): _text_of(v) for k, v in node.value if isinstance(v, ScalarNode)}
    return pairs if len(pairs) == len(node.value) else Nested("a mapping of more than plain values")


def _text_of(node: Node) -> str:
    """The scalar's own characters; JSON's escaped surrogate pairs become the character they stand for."""
    value = node.value if isinstance(node, ScalarNode) else "(not a name)"
    return str(value).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
