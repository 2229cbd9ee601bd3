"""The whole exception tree: every error carries a hint, an exit code and whether trying again can help.

What the pipeline can live with is data and never an error: a rejected quote, an unscored capability, an empty
transcript.
"""

from pathlib import Path
from typing import ClassVar


class FilmroomError(Exception):
    """Something that stops a command or one call; says what is wrong, where, and what to do next."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors go from a worker to its run: pickle would make them anew without the hint, which is refused."""
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[FilmroomError], said: tuple[object, ...], fields: dict[str, object]) -> FilmroomError:
    error = kind.__new__(kind, *said)
    error.__dict__.update(fields)
    return error


class UsageError(FilmroomError):
    """The command, a flag or a setting is off."""

    exit_code = 2


class InputError(FilmroomError):
    """A file given by a person cannot be used as it is: metadata, rubric, transcript."""

    exit_code = 3

    def __init__(
        self, message: str, *, hint: str, path: Path | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        place = "" if path is None else f"{path}:".replace("s3:/", "s3://", 1)  # the path of what is in a bucket
        if path is not None and line is not None:
            place += f"{line}:" + ("" if column is None else f"{column}:")
        super().__init__(f"{place} {message}".strip(), hint=hint)
        self.path = path
        self.line = line
        self.column = column


class MetadataError(InputError):
    """A sidecar or a row of calls.csv has a wrong field."""


class RubricError(InputError):
    """A rubric file is not valid."""


class RecordingError(InputError):
    """A recording cannot be decoded or holds nothing that could be reviewed."""


class TranscriptError(InputError):
    """A finished transcript cannot be read as it is."""


class ConsentError(InputError):
    """No consent is known for a recording, so none of its bytes may be decoded."""


class WeightsError(FilmroomError):
    """Model weights are absent, or not the bytes that were pinned."""

    exit_code = 4


class StageError(FilmroomError):
    """A stage failed on one call; the results of the other stages stay."""

    exit_code = 5

    def __init__(self, stage: str, message: str, *, hint: str) -> None:
        super().__init__(f"{stage}: {message}", hint=hint)
        self.stage = stage


class EndpointError(FilmroomError):
    """A language model's endpoint gives no answer; the call is done when it does. Whatever was answered is kept.

    `lasting` says that no later request can fare better before a person changes something: a key, a model's name.
    """

    exit_code = StageError.exit_code
    retryable = True

    def __init__(self, message: str, *, hint: str, lasting: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.lasting = lasting


class BudgetError(FilmroomError):
    """The next request to a language model could pass the budget, so it is not sent and the run ends."""

    exit_code = 8


class NotAnsweredError(FilmroomError):
    """Requests wait for their answers: they were put into a batch, or nothing is sent at all (a dry run, a replay)."""

    exit_code = 9
    retryable = True


class AllRefusedError(FilmroomError):
    """There were scores, and none of them may leave for this purpose."""

    exit_code = 10


class TimeUpError(FilmroomError):
    """The hours that a run was given are over, and calls are left."""

    exit_code = 11
    retryable = True


class UnfitError(FilmroomError):
    """A night on this machine, with these settings, would fail, or break a promise."""

    exit_code = 12


class StoreError(FilmroomError):
    """The workspace cannot be read or written."""

    exit_code = 6


class NotFoundError(StoreError):
    """No such call, rubric or object in the workspace."""


class UnavailableError(StoreError):
    """Results cannot be kept, or recordings not be reached or decoded, whichever call it is: a full disk, a bucket that
    is down, a decoder that does not start.

    No call is to blame, so none is set aside for it: the run ends, and the next one goes on.
    """

    retryable = True


class StaleError(StoreError):
    """Somebody saved in between; nothing was overwritten."""

    retryable = True


QUARANTINE_EXIT_CODE = 7
"""`filmroom run` ends with this when calls were quarantined and all the others finished."""
