"""What language models cost, in words: before a run, and after it."""

from rich.console import Console
from rich.table import Table

from pipeline.domain.chat import TokenUse
from pipeline.domain.estimate import Estimate, Expense

_NO_PRICE = "not known: no price of the model in [llm.prices] of filmroom.toml"


def dollars(usd: float) -> str:
    """US dollars: to the cent from one dollar on, else to three figures that are not zero.

    >>> dollars(12.345), dollars(0.02134), dollars(0)
    ('$12.35', '$0.0213', '$0.00')
    """
    if usd == 0 or usd >= 1:
        return f"${usd:,.2f}"
    return f"${float(f'{usd:.3g}'):.9f}".rstrip("0")


def spent_line(requests: int, tokens: TokenUse, usd: float | None) -> str:
    """What a run asked of language models, in one line; nothing was paid for answers that were kept before."""
    if requests == 0:
        return "No request to a language model."
    cached = tokens.cached_tokens / tokens.input_tokens if tokens.input_tokens else 0.0
    sent = "1 request" if requests == 1 else f"{requests:,} requests"
    told = f"{sent}, {tokens.input_tokens:,} tokens in ({cached:.0%} from the server's cache)"
    return f"{told}, {tokens.output_tokens:,} out. Cost: {_NO_PRICE if usd is None else dollars(usd)}."


def show_estimate(estimate: Estimate, console: Console) -> None:
    """What a run would do, as a table: calls by what they need, and requests with tokens and cost."""
    calls = Table("calls", "", box=None, show_header=False)
    calls.add_row("calls", f"{estimate.n_calls}")
    calls.add_row("nothing to do", f"{estimate.n_finished}")
    calls.add_row("refused", f"{estimate.n_refused}")
    calls.add_row("to hear first", f"{estimate.n_to_hear} ({estimate.sound_s / 3600:.2f} hours of sound)")
    if estimate.n_unknown_length:
        calls.add_row("", f"{estimate.n_unknown_length} of these state no length, so they are in no figure below")
    calls.add_row("heard, to read", f"{estimate.n_to_read}")
    console.print(calls)
    if not estimate.counted.requests + estimate.guessed.requests:
        console.print("\nNo request to a language model would be sent.")
        return
    table = Table("", "requests", "tokens in", "shared start", "tokens out", "cost", box=None)
    for name, expense in (("heard calls, counted", estimate.counted), ("other calls, guessed", estimate.guessed)):
        if expense.requests:
            table.add_row(name, *_cells(expense))
    console.print()
    console.print(table)
    console.print(
        "\nLeast: the shared start comes from the server's cache and answers are of usual length. "
        "Most: nothing does, and every answer is as long as it may be. Nothing was sent."
    )


def _cells(expense: Expense) -> tuple[str, ...]:
    share = expense.cached_tokens / expense.input_tokens if expense.input_tokens else 0.0
    return (
        f"{expense.requests:,}",
        f"{expense.input_tokens:,}",
        f"{share:.0%}",
        f"{expense.output_tokens:,} to {expense.most_output_tokens:,}",
        _range(expense),
    )


def _range(expense: Expense) -> str:
    if expense.least_usd is None or expense.most_usd is None:
        return "no price known"
    return f"{dollars(expense.least_usd)} to {dollars(expense.most_usd)}"
