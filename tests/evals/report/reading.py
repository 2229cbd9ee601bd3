"""Reads a page as a browser would: elements with attributes, what each id holds, and the text outside of the style."""

from html.parser import HTMLParser

Attributes = dict[str, str]


class Page(HTMLParser):
    """Every element in order with the text in it, the text of all, and the style."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.style = ""
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        self._within = ""
        self._cell = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._within = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td") and self.rows:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._within = ""
        if tag in ("th", "td"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            self.style = data
            return
        self.words.append(data)
        if self._cell:
            self.rows[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def row(self, beginning: str) -> list[str]:
        """The cells of the first row whose first cell begins so, without the spaces that only part lines."""
        for cells in self.rows:
            told = [" ".join(cell.split()) for cell in cells]
            if told and told[0].startswith(beginning):
                return told
        raise AssertionError(f"no row begins with {beginning!r}")
