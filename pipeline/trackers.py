"""Owns tracker files: finding, loading and hashing them, with errors that name the line and the fix."""

import difflib
import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from pipeline.domain.phrases import parse_phrase
from pipeline.domain.tracker import LoadedTracker, Tracker
from pipeline.errors import RubricError
from pipeline.yaml_files import Kind, read_yaml

SHIPPED_TRACKERS = Path(__file__).resolve().parent.parent / "rubrics" / "trackers"
"""The folder of the trackers that come with Filmroom."""

_SUFFIXES = (".yaml", ".yml")
_GUIDE = "compare with rubrics/trackers/price.yaml"
_KIND = Kind(
    name="tracker",
    fields=tuple(Tracker.model_fields),
    begins="id, version",
    guide=_GUIDE,
    otherwise="put a phrase that starts with { or [ in quotes, and name each field once",
    most_bytes=65_536,
)
_FIXES = {
    "tuple_type": "write each entry on a line of its own, after `- `",
    "too_short": "add entries",
    "string_type": "put the text in quotes",
    "string_pattern_mismatch": "use lower case letters, digits and underscores, a letter first",
    "value_error": "how phrases are written stands at the top of rubrics/trackers/price.yaml",
}

_Problem = tuple[int, int, str, str]
"""Line and column, from 1, what is wrong, and the fix."""


def find_trackers(*, folders: Sequence[Path] = (SHIPPED_TRACKERS,)) -> tuple[LoadedTracker, ...]:
    """The trackers of these folders by id; one in a later folder takes the place of an equal id in an earlier one.

    So a team keeps its own competitor.yaml in a folder of its own.
    Raises: RubricError.
    """
    found = {}
    for folder in folders:
        for path in sorted(path for path in folder.glob("*") if path.suffix in _SUFFIXES):
            loaded = load_tracker(path)
            found[loaded.tracker.id] = loaded
    return tuple(found[name] for name in sorted(found))


def load_tracker(path: Path) -> LoadedTracker:
    """The tracker of a file, with the hash of its content.

    Raises: RubricError with the line and column of the first thing that is wrong; its message lists all of them.
    """
    document = read_yaml(path, _KIND)
    try:
        tracker = Tracker.model_validate(_plain(document))
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise _told(
            path, [_problem(document, details) for details in found if not _is_misspelt(details, found)]
        ) from None
    if unfilled := _without_names(document, tracker):
        raise _told(path, unfilled)
    return LoadedTracker(tracker=tracker, sha256=content_hash([tracker]))


def content_hash(trackers: Sequence[Tracker]) -> str:
    """The sha256 of what trackers find calls by and are shown as, in canonical JSON: no comment or moved line."""
    content = [tracker.model_dump(mode="json") for tracker in trackers]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(document: CommentedMap) -> dict[str, object]:
    """The document in plain Python types: a tracker is fields with texts and lists of texts, and nothing deeper."""
    return {str(key): list(value) if isinstance(value, list) else value for key, value in document.items()}


def _problem(document: CommentedMap, details: ErrorDetails) -> _Problem:
    location = details["loc"]
    name = str(location[0])
    if details["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Tracker.model_fields, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"fields here: {', '.join(sorted(Tracker.model_fields))}"
        key = next(key for key in document if str(key) == name)  # a key may be a number in the file
        line, column = document.lc.key(key)
        return (line + 1, column + 1, f"unknown field {name}", hint)
    if details["type"] == "missing":
        return (1, 1, f"the tracker has no {name}", f"add `{name}:`; {_GUIDE}")
    given = "" if isinstance(details["input"], dict | list) else f", not {details['input']!r}"
    told = details["msg"].removeprefix("Value error, ").replace("Tuple", "list").replace("a valid tuple", "a list")
    message = f"{name}: {told[0].lower()}{told[1:].replace(' after validation', '')}"
    message += "" if details["type"] == "value_error" else given
    return (*_place(document, location), message, _FIXES.get(details["type"], _GUIDE))


def _is_misspelt(details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a field is called missing only because an unknown one is its name with a slip."""
    unknown = [str(other["loc"][0]) for other in found if other["type"] == "extra_forbidden"]
    return details["type"] == "missing" and bool(difflib.get_close_matches(str(details["loc"][0]), unknown, n=1))


def _place(document: CommentedMap, location: tuple[int | str, ...]) -> tuple[int, int]:
    value = document[location[0]]
    if len(location) > 1 and isinstance(value, CommentedSeq) and location[1] in range(len(value)):
        line, column = value.lc.item(location[1])
    else:
        line, column = document.lc.value(location[0])
    return (line + 1, column + 1)


def _without_names(document: CommentedMap, tracker: Tracker) -> list[_Problem]:
    """Slots for names in a file that has no list to fill them from: forgotten, since an empty list is written out."""
    if "names" in document:
        return []
    return [
        (*_place(document, (field, i)), f"{field}: {text!r} has a slot for names", "add `names: []` and fill it")
        for field in ("phrases", "denials", "without")
        for i, text in enumerate(getattr(tracker, field))
        if "name" in parse_phrase(text).slots
    ]


def _told(path: Path, problems: Collection[_Problem]) -> RubricError:
    (line, column, message, hint), *others = sorted(problems)
    also = "".join(f"\n  also {at}:{col}: {what} ({fix})" for at, col, what, fix in others)
    return RubricError(message + also, hint=hint, path=path, line=line, column=column)
