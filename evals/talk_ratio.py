"""Owns how right the talk ratio is: for each call with a known truth the ratio that was measured, and its interval.

The truth is the rep's share of both sides' seconds of speech, each side's segments united, pauses of 0.25 s or more
left out, overlaps counted for both: the pipeline's own definition. Roles are given as they are, since telling them
wrongly is another failure (`role_outcome`): it turns a ratio round, and no interval that is of use could hold that.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from evals.collections.formats import read_rttm, read_textgrid
from evals.diarization import matched_speakers, talk_shares
from evals.simulated import SIDES, SimulatedCall
from pipeline.domain.base import Value
from pipeline.domain.metrics import Measure
from pipeline.domain.recording import CallMetadata, Role, SourceFile
from pipeline.domain.span import total
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment
from pipeline.domain.talk_interval import Times
from pipeline.ports import ChannelDiarizer, Diarizer
from pipeline.stages.attribute import attribute_script
from pipeline.stages.ingest import read_script
from pipeline.stages.measure import measure

SAMPLE_RATE = 16_000
_BYSTANDER_SHARE = 0.05
_CALL = "talk-ratio"
_MOST_HOURS_S = 7200.0

Kind = Literal["channels", "voices", "transcript", "words"]
"""How the ratio was had: as `Times` of the pipeline, or from the words of a transcript alone, each counted as long."""


class CalibrationPoint(Value):
    """One call measured one way: the true ratio, what was measured, and the interval that was given.

    `estimate` is None where the measure was withheld, with the reason in `without`, as is the interval where there is
    none. `speech_s`: seconds of speech that the estimate rests on, 0 for words alone. `group` is what is independent
    of other groups: the conversation whose rhythm it is. `real`: a recording or a transcript, not a simulated call.
    """

    call: str = Field(min_length=1)
    kind: Kind
    truth: float = Field(ge=0, le=1)
    estimate: float | None = Field(default=None, ge=0, le=1)
    low: float | None = None
    high: float | None = None
    speech_s: float = Field(default=0.0, ge=0)
    without: str | None = None
    group: str = ""
    real: bool = True

    @property
    def error(self) -> float | None:
        """Measured less true, as a share of 1; None where nothing was measured."""
        return None if self.estimate is None else self.estimate - self.truth

    @property
    def covered(self) -> bool | None:
        """Whether the interval holds the truth; None where there is no interval."""
        return None if self.low is None or self.high is None else self.low <= self.truth <= self.high


class Ears(Protocol):
    """Who hears calls here: the two diarizers of an engine."""

    @property
    def diarizer(self) -> Diarizer:
        """What tells voices apart in a mix."""
        ...

    @property
    def channel_diarizer(self) -> ChannelDiarizer:
        """What finds speech where each channel is one side."""
        ...


def true_ratio(truth: Iterable[SpeakerSegment]) -> float:
    """The rep's share of both sides' speech, 0 to 1; 0 where nobody speaks."""
    return talk_shares(s for s in truth if s.speaker in SIDES).get("rep", 0.0)


def measured_ratio(
    heard: Sequence[SpeakerSegment], roles: Mapping[str, Role], *, times: Times, duration: float
) -> tuple[Measure, float]:
    """What the pipeline's measure says of these segments, and the seconds of speech of rep and customer."""
    speakers = tuple(
        Speaker(label=label, role=role, confidence=1.0, source="metadata") for label, role in roles.items()
    )
    conversation = Conversation(call=_CALL, turns=(), speakers=speakers, speech=tuple(heard), duration=duration)
    metrics = measure(conversation, times=times)
    talk = [metrics.get(name).value or 0.0 for name in ("rep_talk_s", "customer_talk_s")]
    return metrics.get("rep_talk_ratio"), sum(talk)


def given_roles(
    truth: Sequence[SpeakerSegment], heard: Sequence[SpeakerSegment], *, duration: float
) -> dict[str, Role]:
    """The role of each voice that was heard, as the pipeline gives it when it picks the rep rightly.

    The rep is the voice matched with the true one; who has under 5% of the talk is `other`, all others customer. Where
    no voice is the rep's, all are unknown.
    """
    rep = next((own for own, side in matched_speakers(truth, heard, duration=duration).items() if side == "rep"), None)
    shares = talk_shares(heard)
    if rep is None or len(shares) < 2:
        return dict.fromkeys(shares, "unknown")
    small = {label for label, share in shares.items() if share < _BYSTANDER_SHARE}
    return {label: "rep" if label == rep else "other" if label in small else "customer" for label in shares}


def point(
    call: str, truth: Sequence[SpeakerSegment], heard: Sequence[SpeakerSegment], *, times: Times, duration: float
) -> CalibrationPoint:
    """The point of one call of which these segments were heard; in channels and transcripts labels are roles already.

    A ratio that is withheld has no estimate: one voice was heard, or a side not at all.
    """
    roles: Mapping[str, Role] = {str(side): side for side in SIDES}
    if times == "voices":
        roles = given_roles(truth, heard, duration=duration)
    found, speech = measured_ratio(heard, roles, times=times, duration=duration)
    return CalibrationPoint(
        call=call,
        kind=times,
        truth=true_ratio(truth),
        estimate=found.value,
        low=found.low,
        high=found.high,
        speech_s=speech,
        without=found.unavailable or (found.trust if found.low is None else None),
        group=call,
    )


def simulated_points(call: SimulatedCall, ears: Ears) -> tuple[CalibrationPoint, ...]:
    """A simulated call measured three ways: by its channels, by voices in its mix, by its utterances' times."""
    channels = ears.channel_diarizer.diarize(call.sides)
    by_channel = [s.model_copy(update={"speaker": SIDES[int(s.speaker[-1])]}) for s in channels.segments]
    heard: dict[Times, Sequence[SpeakerSegment]] = {
        "channels": by_channel,
        "voices": ears.diarizer.diarize(call.mix, SAMPLE_RATE).segments,
        "transcript": call.utterances,
    }
    return tuple(
        point(call.id, call.truth, segments, times=times, duration=call.duration).model_copy(
            update={"group": call.timing, "real": False}
        )
        for times, segments in heard.items()
    )


def consultations(data: Path) -> Iterator[tuple[str, Conversation, float]]:
    """Of each consultation its name, the conversation as the pipeline imports it, the doctor's share of its own sums.

    The sums are of the TextGrids' intervals with text, read without the pipeline. None where the collection is absent.
    Raises: TranscriptError, InputError for a damaged file.
    """
    for doctor in sorted((data / "labelled" / "consultations").rglob("*_doctor.TextGrid")):
        paths = (doctor, doctor.with_name(doctor.name.replace("_doctor", "_patient")))
        if paths[1].is_file():
            sums = [sum(i.end - i.start for i in read_textgrid(path) if i.text) for path in paths]
            files = [
                SourceFile(path=path, sha256="0" * 64, size=0, role=role)
                for path, role in zip(paths, SIDES, strict=True)
            ]
            script = read_script(files, max_duration_s=_MOST_HOURS_S)
            name = doctor.name.removesuffix("_doctor.TextGrid")
            yield name, attribute_script(script, call=_CALL, metadata=CallMetadata()), sums[0] / (sum(sums) or 1.0)


def timed_turns(data: Path) -> tuple[CalibrationPoint, ...]:
    """Each consultation measured from its timed turns, against its TextGrids' own sums; empty without the collection.

    This is how right the import's arithmetic is, not how much of a turn is speech: the sums hold the turns' pauses too.
    """
    found = []
    for name, conversation, truth in consultations(data):
        ratio = measure(conversation, times="transcript").get("rep_talk_ratio")
        speech = sum(total(s.span for s in conversation.speech if s.speaker == side) for side in SIDES)
        found.append(
            CalibrationPoint(
                call=name, kind="transcript", truth=truth, estimate=ratio.value, low=ratio.low, high=ratio.high,
                speech_s=speech, without=ratio.unavailable or ratio.trust, group=name,
            )
        )  # fmt: skip
    return tuple(found)


def words_alone(data: Path) -> tuple[CalibrationPoint, ...]:
    """The rep's share of the words against that of the time: consultations, and the call of real-asr-errors.

    What a ratio from a transcript without times would be worth; the pipeline gives none. Empty without collections.
    """
    found = []
    for name, conversation, truth in consultations(data):
        counts = Counter(dict.fromkeys(SIDES, 0))
        for turn in conversation.turns:
            counts[turn.role] += len(turn.words)
        found.append(_of_words(name, counts["rep"], counts["customer"], truth))
    for path in sorted((data / "labelled" / "real-asr-errors").glob("*.json")):
        if path.with_suffix(".rttm").is_file():
            shares = talk_shares(read_rttm(path.with_suffix(".rttm")))
            said = json.loads(path.read_text("utf-8"))["utterances"][0]["ref_spk"].split()
            first, second = sorted(shares)[:2]
            found.append(
                _of_words(path.stem, said.count("1"), said.count("2"), shares[first] / (shares[first] + shares[second]))
            )
    return tuple(found)


def _of_words(name: str, rep: int, customer: int, truth: float) -> CalibrationPoint:
    estimate = rep / (rep + customer) if rep + customer else None
    return CalibrationPoint(
        call=name, kind="words", truth=truth, estimate=estimate, without="the transcript has no times", group=name
    )
