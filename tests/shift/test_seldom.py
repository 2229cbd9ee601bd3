"""How often it is told where a call is."""

from pipeline.domain.work import StageName
from pipeline.shift.seldom import Seldom


def test_begin_and_end_of_each_stage_are_told_and_what_is_between_only_now_and_then() -> None:
    told: list[tuple[StageName, float]] = []
    now = [0.0]
    seldom = Seldom(lambda stage, share: told.append((stage, share)), every_s=1.0, clock=lambda: now[0])
    for at, stage, share in [
        (0.0, "transcribe", 0.0),
        (0.5, "transcribe", 0.1),  # half a second after the last: not told
        (0.6, "diarize", 0.2),  # the first word of another stage is
        (1.0, "transcribe", 0.3),
        (1.2, "transcribe", 0.9),
        (1.3, "transcribe", 1.0),
    ]:
        now[0] = at
        seldom.stage_at(stage, share)  # type: ignore[arg-type]
    assert told == [("transcribe", 0.0), ("diarize", 0.2), ("transcribe", 0.3), ("transcribe", 1.0)]
