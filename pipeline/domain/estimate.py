"""What a run would do and cost, told before it is begun."""

from pipeline.domain.base import Value


class Expense(Value):
    """Requests to a language model and their tokens and US dollars, least and most; None where no price is known.

    The least has the shared beginnings served from the server's cache and answers of usual length, the most neither.
    """

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    most_output_tokens: int = 0
    least_usd: float | None = 0.0
    most_usd: float | None = 0.0


class Estimate(Value):
    """What a run would do with these calls.

    `sound_s` is how many seconds of recording are still to be heard; requests of calls that were heard (`n_to_read`)
    are counted one by one, those of calls that were not are guessed from the length of the recording.
    """

    n_calls: int
    n_finished: int
    n_refused: int
    n_to_hear: int
    n_to_read: int
    n_unknown_length: int
    sound_s: float
    counted: Expense
    guessed: Expense
