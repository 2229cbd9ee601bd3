"""The views and their columns: names, types, units and meanings that stay, whatever the index becomes.

docs/tables.md says the same, and a test holds the two together.
"""

from typing import NamedTuple


class Column(NamedTuple):
    """One column: a DuckDB type, what it says, and the SQL of the index that gives it where that is not its name."""

    name: str
    type: str
    meaning: str
    sql: str = ""


class View(NamedTuple):
    """One table to hand over. `source` is what follows FROM; a view with `words` is made call by call, not by SQL."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    source: str = ""
    words: bool = False

    @property
    def query(self) -> str:
        """The SQL of a view without words, its rows in an order that stays."""
        columns = ", ".join(f"({c.sql or f'{_quoted(c.name)}'})::{c.type} AS {_quoted(c.name)}" for c in self.columns)
        return f"SELECT {columns} FROM {self.source} ORDER BY ALL"  # noqa: S608 - our own names


def _quoted(name: str) -> str:
    return f'"{name}"'


CALL = Column("call", "VARCHAR", "the call's id")
_START = Column("start_s", "DOUBLE", "seconds from the start of the call", "t_start")
_END = Column("end_s", "DOUBLE", "seconds from the start of the call", "t_end")

CALLS = View(
    "calls",
    "one row for each call, with what was stated of it",
    (
        CALL,
        Column("rep", "VARCHAR", "as stated beside the recording"),
        Column("manager", "VARCHAR", "as stated"),
        Column("team", "VARCHAR", "as stated"),
        Column("customer", "VARCHAR", "as stated"),
        Column("deal", "VARCHAR", "as stated"),
        Column("stage", "VARCHAR", "prospecting, discovery, demo, closing, or coaching for a recorded one-to-one"),
        Column("mode", "VARCHAR", "live, recorded, or simulated for practice"),
        Column("direction", "VARCHAR", "inbound or outbound"),
        Column("kind", "VARCHAR", "audio, or transcript where nothing was heard"),
        Column("started_at", "TIMESTAMP", "UTC"),
        Column("duration_s", "DOUBLE", "seconds", "duration"),
        Column("language", "VARCHAR", "code"),
        Column("rubric", "VARCHAR", "id of the rubric the call was read against"),
        Column("rubric_version", "INTEGER", "its version"),
        Column("strength", "VARCHAR", "the behaviour that the draft leads with"),
        Column("improvement", "VARCHAR", "the behaviour that the draft asks for"),
        Column("n_observations", "INTEGER", "observations that rest on words of the transcript"),
        Column("n_rejected", "INTEGER", "claims of the reader that were refused"),
        Column("reviewed_at", "TIMESTAMP", "UTC; when the results were made", "recorded_at"),
    ),
    "calls",
)
MEASURES = View(
    "measures",
    "one row for each measure of a call",
    (
        CALL,
        Column("name", "VARCHAR", "such as rep_talk_ratio"),
        Column("value", "DOUBLE", "absent where it could not be measured"),
        Column("unit", "VARCHAR", "ratio, s, count, ..."),
        Column("low", "DOUBLE", "lower end of its interval, where it has one"),
        Column("high", "DOUBLE", "upper end"),
        Column("unavailable", "VARCHAR", "why there is no value"),
    ),
    "measures",
)
OBSERVATIONS = View(
    "observations",
    "one row for each place where a behaviour shows; the words are in the view quotes",
    (
        CALL,
        Column("observation", "VARCHAR", "its id within the call", "id"),
        Column("capability", "VARCHAR", "id"),
        Column("behaviour", "VARCHAR", "id"),
        Column("kind", "VARCHAR", "strength, or the rubric's word for something to change"),
        Column("role", "VARCHAR", "who spoke"),
        Column("turn", "VARCHAR", "the turn's id", "turn_id"),
        _START,
        _END,
    ),
    "observations",
)
VERDICTS = View(
    "verdicts",
    "one row for each behaviour that was looked for",
    (
        CALL,
        Column("capability", "VARCHAR", "id"),
        Column("behaviour", "VARCHAR", "id"),
        Column("state", "VARCHAR", "shown, not_shown, no_opportunity, or unread"),
        Column("reason", "VARCHAR", "why it was not read"),
    ),
    "verdicts",
)
LEVELS = View(
    "levels",
    "one row for each capability of a call",
    (
        CALL,
        Column("capability", "VARCHAR", "id"),
        Column("level", "INTEGER", "by the rubric's rule; absent where it could not be told"),
        Column("of", "INTEGER", "the highest level", "levels"),
        Column("unscored", "VARCHAR", "why there is no level"),
    ),
    "scores",
)
REJECTED = View(
    "rejected",
    "one row for each claim that was refused",
    (
        CALL,
        Column("behaviour", "VARCHAR", "id"),
        Column("turn", "VARCHAR", "the turn it pointed at", "turn_id"),
        Column("reason", "VARCHAR", "not_found, ambiguous, wrong_speaker, ..."),
    ),
    "rejected",
)
REVIEWS = View(
    "reviews",
    "one row for each draft that somebody has touched",
    (
        CALL,
        Column("state", "VARCHAR", "edited, sent_back or approved"),
        Column("author", "VARCHAR", "user id of the last act"),
        Column("at", "TIMESTAMP", "UTC; of the last act"),
        Column("n_edits", "INTEGER", "parts that were changed, all acts together"),
        Column("override", "BOOLEAN", "approved with a reason instead of listening"),
        Column("follow_up", "DATE", "the day set for looking again"),
    ),
    "reviews",
)
QUARANTINE = View(
    "quarantine",
    "one row for each recording that is set aside",
    (
        Column("id", "VARCHAR", "as filmroom quarantine shows it", "call"),
        Column("stage", "VARCHAR", "where it stopped"),
        Column("since", "TIMESTAMP", "UTC", "recorded_at"),
    ),
    "quarantine",
)
TURNS = View(
    "turns",
    "one row for each turn, with its words; only with --words",
    (
        CALL,
        Column("turn", "VARCHAR", "its id within the call"),
        Column("role", "VARCHAR", "who spoke"),
        Column("speaker", "VARCHAR", "the speaker's label"),
        Column("start_s", "DOUBLE", "seconds from the start of the call"),
        Column("end_s", "DOUBLE", "seconds from the start of the call"),
        Column("text", "VARCHAR", "the words, redacted as the settings say"),
    ),
    words=True,
)
QUOTES = View(
    "quotes",
    "one row for each observation, with its words; only with --words",
    (
        CALL,
        Column("observation", "VARCHAR", "its id within the call"),
        Column("turn", "VARCHAR", "the turn's id"),
        Column("text", "VARCHAR", "a slice of the turn, redacted as the settings say"),
    ),
    words=True,
)

VIEWS = (CALLS, MEASURES, OBSERVATIONS, VERDICTS, LEVELS, REJECTED, REVIEWS, QUARANTINE, TURNS, QUOTES)
