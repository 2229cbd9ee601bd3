"""Owns the suite `speech`: how right words, speakers, roles, times and talk ratios are."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from evals.cases import load_cases
from evals.collections.own import own_calls
from evals.labelled import LabelledCall
from evals.measures import Measure, Unit, statistic_of
from evals.suites import Failure, Setting, Skipped, SuiteResult
from evals.suites.speech_asr_errors import asr_error_measures
from evals.suites.speech_calls import NOTHING_SAID, Heard, config_of, demo_call, empty_calls, group_of, hear
from evals.suites.speech_counts import Count, counts_of, measures_of
from evals.suites.speech_ratios import ratio_measures
from evals.suites.speech_roles import role_measures
from evals.suites.speech_silences import silence_measures
from evals.suites.speech_truth import completed
from pipeline.errors import FilmroomError

_WORST = 3
_RATES = ("wer", "cpwer", "der")
_ROLES_OF = ("counselling", "pitches", "consultations", "vendor", "made_up", "own")
_NAMES = {"own": "own_transcripts"}


def speech(setting: Setting) -> SuiteResult:
    """What the pipeline hears of every recording that is there, against what people say of it; and roles from texts.

    Raises: WeightsError where models are missing; a recording that cannot be reviewed is a failure, not an error.
    """
    from evals.collections.catalogue import available

    calls, absent = available(setting.data)
    own, refused = own_calls(setting.cases)
    calls |= {"made_up": made_up_calls(), "own": own}
    to_hear, unknown = recordings(calls, setting)
    heard = tuple(hear(to_hear, setting))
    roles, swapped = _roles(calls, setting)
    silences, invented = silence_measures(heard)
    ratios, plots, without = ratio_measures(setting.data, heard)
    measures = (
        *heard_measures(heard),
        *silences,
        *ratios,
        *roles,
        *asr_error_measures(calls.get("asr_errors", ())),
    )
    return SuiteResult(
        suite="speech",
        measures=measures,
        failures=(*set_aside(heard), *worst(measures), *invented, *swapped),
        skipped=(*absent, *refused, *unknown, *without, *untimed(calls.get("asr_errors", ()))),
        points=plots,
        inputs=inputs_of(heard, setting),
    )


def recordings(
    calls: Mapping[str, Sequence[LabelledCall]], setting: Setting
) -> tuple[tuple[LabelledCall, ...], tuple[Skipped, ...]]:
    """All that is heard: others' recordings, our own demo call, a user's own, and sounds in which nobody speaks.

    Of a recording beside which something is damaged only that is passed over, and told.
    """
    made = setting.scratch / "made"
    found: list[LabelledCall] = []
    skipped: list[Skipped] = []
    for call in calls.get("recordings", ()):
        try:
            found += completed(call, made)
        except FilmroomError as error:
            skipped.append(Skipped(what=f"all that is known of {call.id}", reason=error.message))
            found.append(call)
    demo = demo_call()
    own = (call.model_copy(update={"id": f"own/{call.id}"}) for call in calls.get("own", ()) if call.files)
    return (*found, *((demo,) if demo is not None else ()), *own, *empty_calls(made)), tuple(skipped)


def inputs_of(heard: Iterable[Heard], setting: Setting) -> dict[str, str]:
    """The models that heard, and one sha256 over those of all files that they heard."""
    from pipeline.engines.local import needed_models

    digest = hashlib.sha256()
    for one in heard:
        for file in one.result.recording.files if one.result else ():
            digest.update(file.sha256.encode())
    return {"models": ", ".join(needed_models(config_of(setting))), "recordings_sha256": digest.hexdigest()}


def untimed(calls: Sequence[LabelledCall]) -> tuple[Skipped, ...]:
    """What cannot be measured of others' recognisers where times of what they heard are not told."""
    if not any(call.heard is not None and not call.heard.timed for call in calls):
        return ()
    return (Skipped(what="tcpWER and DER of asr_errors", reason="nobody tells the times of what was heard"),)


def _roles(
    calls: Mapping[str, Sequence[LabelledCall]], setting: Setting
) -> tuple[tuple[Measure, ...], tuple[Failure, ...]]:
    measures: list[Measure] = []
    failures: list[Failure] = []
    names = [name for name in _ROLES_OF if calls.get(name)]
    for number, name in enumerate(names):
        setting.advance("roles told from transcripts", number, len(names))
        found, wrong = role_measures(_NAMES.get(name, name), calls[name])
        measures += found
        failures += wrong
    setting.advance("roles told from transcripts", len(names), len(names))
    return tuple(measures), tuple(failures)


def heard_measures(heard: Iterable[Heard]) -> tuple[Measure, ...]:
    """Words, speakers, roles and times of what was heard, group by group; and how many recordings were set aside."""
    spoken = [one for one in heard if one.call.collection != NOTHING_SAID]
    groups: dict[str, list[Count]] = {}
    for one in spoken:
        if one.result is not None:
            groups.setdefault(group_of(one.call), []).extend(counts_of(one.call, one.result.conversation))
    return (
        *(measure for group, counts in groups.items() for measure in measures_of(group, counts)),
        *_reviewed(spoken),
    )


def _reviewed(spoken: Sequence[Heard]) -> tuple[Measure, ...]:
    if not spoken:
        return ()
    units = tuple(Unit(id=one.call.id, parts=(float(one.result is not None), 1)) for one in spoken)
    about = "recordings that were reviewed and not set aside"
    return (Measure(name="speech.all_recordings.reviewed", about=about, units=units, n=len(units), of="recordings"),)


def set_aside(heard: Iterable[Heard]) -> tuple[Failure, ...]:
    """The recordings in which somebody speaks that could not be reviewed, each with its reason."""
    return tuple(
        Failure(
            measure="speech.all_recordings.reviewed",
            unit=one.call.id,
            expected="a review",
            found=one.refused or "set aside",
        )
        for one in heard
        if one.result is None and one.call.collection != NOTHING_SAID
    )


def worst(measures: Iterable[Measure]) -> tuple[Failure, ...]:
    """Of each rate of words or speakers the recordings with most errors, worst first."""
    found = []
    for measure in measures:
        if measure.name.rpartition(".")[2] in _RATES and measure.better == "less":
            wrong = [unit for unit in measure.units if unit.parts[0] > 0]
            for unit in sorted(wrong, key=lambda unit: -(statistic_of("ratio", [unit]) or 0.0))[:_WORST]:
                errors, of = unit.parts
                told = f"{errors:.4g} wrong of {of:.4g} {measure.of}"
                found.append(
                    Failure(measure=measure.name, unit=unit.id, expected=f"none wrong of {of:.4g}", found=told)
                )
    return tuple(found)


def made_up_calls() -> tuple[LabelledCall, ...]:
    """The calls written for this project, as calls whose roles are known."""
    return tuple(
        LabelledCall(id=case.id, collection="made_up", conversation=case.conversation, language="en")
        for case in load_cases()
    )
