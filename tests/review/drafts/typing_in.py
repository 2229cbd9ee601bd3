"""What a person does with the draft's forms, as their browser would: reading the fields, listening."""

from html.parser import HTMLParser

from pipeline.domain.review import Played
from pipeline.review.room import Room
from pipeline.store.journal import Journal


class _Fields(HTMLParser):
    def __init__(self, act: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, list[str]] = {}
        self._act = act
        self._within = self._seen = False
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = named.get("action", "").endswith(f"/draft/{self._act}")
            self._seen |= self._within
        if not self._within and named.get("form") != f"{self._act}-form":
            return
        name, kind = named.get("name", ""), named.get("type", "text")
        if tag == "input" and name and (kind not in ("radio", "checkbox") or "checked" in named):
            self.found.setdefault(name, []).append(named.get("value", ""))
        elif tag == "textarea":
            self.found.setdefault(name, []).append("")
            self._text = name
        elif tag == "select":
            self._select = name
            self.found.setdefault(name, []).append("")
        elif tag == "option" and self._select and ("selected" in named or not self.found[self._select][-1]):
            self.found[self._select][-1] = named["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self.found[self._text][-1] += data

    @property
    def seen(self) -> bool:
        return self._seen


_ROWS = ("step_text", "step_who", "step_by")


def fields_of(html: str, act: str) -> dict[str, str | list[str]]:
    """What the page's form for this act would send as it is: a text for each field, a list for the rows of steps."""
    reader = _Fields(act)
    reader.feed(html)
    assert reader.seen, f"the page has no form for {act}"
    # A browser leaves out the line break that a textarea begins with.
    texts = {name: [value.removeprefix("\n") for value in values] for name, values in reader.found.items()}
    return {name: values if name in _ROWS else values[-1] for name, values in texts.items()}


def listen(room: Room, call: str, user: str, *, start: float = 0.0, end: float = 60.0) -> None:
    """This user has played the stretch of the call."""
    journal = Journal(room.workspace.root / "listening" / f"{call}.jsonl", Played)
    journal.append(Played(user=user, at=room.now(), start=start, end=end))
