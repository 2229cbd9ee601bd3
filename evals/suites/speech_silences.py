"""Owns measuring words that nobody said: in long silences of recordings, and in recordings in which nobody speaks."""

from collections.abc import Iterable, Sequence

from evals.measures import Measure, Unit
from evals.reels import read_channels
from evals.silence import quiet_stretches
from evals.speech import InventedWords, invented_words
from evals.suites import Failure
from evals.suites.speech_calls import NOTHING_SAID, Heard, Hearing
from evals.suites.speech_counts import spoken_words
from pipeline.domain.speech import Word
from pipeline.ports import Samples


def silence_measures(heard: Sequence[Heard]) -> tuple[tuple[Measure, ...], tuple[Failure, ...]]:
    """How many words were made up in silences of three seconds and more, and where nothing is said at all."""
    done = [one for one in heard if one.result is not None]
    spoken = {
        one.call.id: _in_silences(one.result) for one in done if one.result and one.call.collection != NOTHING_SAID
    }
    found = {name: counts for name, counts in spoken.items() if counts.silence_s}
    failures = [
        Failure(
            measure="speech.silences.invented_words",
            unit=name,
            expected="no words where nothing sounds",
            found=f"{counts.invented} of {counts.n_words} words in {counts.silence_s:.0f} s of silence",
        )
        for name, counts in found.items()
        if counts.invented
    ]
    nothing, made_up = _nothing_said(heard)
    return (*_in_recordings(found), *nothing), (*failures, *made_up)


def _in_recordings(found: dict[str, InventedWords]) -> tuple[Measure, ...]:
    if not found:
        return ()
    n_words, seconds = sum(c.n_words for c in found.values()), sum(c.silence_s for c in found.values())
    where = f"in {seconds:.0f} s of silences of 3 s and more"
    invented = Measure(
        name="speech.silences.invented_words",
        about=f"words that count, {where}",
        better="less",
        units=tuple(Unit(id=name, parts=(c.invented, c.n_words)) for name, c in found.items()),
        n=n_words,
        of="words",
    )
    doubtful = Measure(
        name="speech.silences.doubtful_words",
        about=f"words {where} that are marked as doubtful and count for nothing, to those that count anywhere",
        better="neither",
        units=tuple(Unit(id=name, parts=(c.doubtful, c.n_words)) for name, c in found.items()),
        n=n_words,
        of="words",
    )
    return invented, doubtful


def _nothing_said(heard: Sequence[Heard]) -> tuple[tuple[Measure, ...], tuple[Failure, ...]]:
    """Refusing a recording in which nobody speaks is right: then nothing is made up."""
    empty = [one for one in heard if one.call.collection == NOTHING_SAID]
    if not empty:
        return (), ()
    words = {one.call.id: _counted(spoken_words(one.result.conversation)) if one.result else [] for one in empty}
    measure = Measure(
        name="speech.nothing_said.words",
        about="words that count, in a recording of silence, noise, a tone or a hum",
        better="less",
        units=tuple(Unit(id=name, parts=(len(found), 1)) for name, found in words.items()),
        n=len(empty),
        of="recordings",
        unit="words",
    )
    failures = [
        Failure(measure=measure.name, unit=name, expected="no words", found=" ".join(word.text for word in found))
        for name, found in words.items()
        if found
    ]
    return (measure,), tuple(failures)


def _counted(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.unreliable is None]


def _in_silences(result: Hearing) -> InventedWords:
    """Counted channel by channel where channels are sides: each is silent while the other side speaks."""
    rows = _rows(result)
    words = spoken_words(result.conversation)
    if len(rows) == 1:
        return invented_words(words, quiet_stretches(rows[0]))
    found = InventedWords()
    for channel, samples in enumerate(rows):
        found += invented_words([word for word in words if word.channel == channel], quiet_stretches(samples))
    return found


def _rows(result: Hearing) -> Sequence[Samples]:
    """The sound of each side, or of all together where no side has its own channel."""
    sounds = [read_channels(file.path) for file in result.recording.files]
    if len(sounds) > 1:
        return [sound.mean(axis=0) for sound in sounds]
    return list(sounds[0]) if result.recording.sides else [sounds[0].mean(axis=0)]
