"""Workers for a machine: one of each station for two cores, fewer where memory is short, as many as a person says."""

import pytest

from pipeline.config import Config
from pipeline.shift.crew import Crew, crew_for, free_memory

GB = 1024**3


def crew(cores: int, memory_gb: float, **settings: object) -> Crew:
    return crew_for(Config.model_validate(settings), cores, int(memory_gb * GB))


# A team of turnwise needs 2 * 1.5 + 2.5 = 5.5 GB, of similarity 3.7 GB; 0.7 of the free memory is taken.
@pytest.mark.parametrize(
    ("cores", "memory_gb", "reader", "teams"),
    [
        (2, 24, "turnwise", 1),
        (1, 24, "turnwise", 1),
        (8, 64, "turnwise", 4),
        (8, 16, "turnwise", 2),  # 11.2 GB for 5.5 each
        (8, 16, "similarity", 3),  # 11.2 GB for 3.7 each
        (8, 1, "turnwise", 1),
    ],
)
def test_there_is_one_worker_of_each_station_for_two_cores_and_the_memory_they_need(
    cores: int, memory_gb: float, reader: str, teams: int
) -> None:
    found = crew(cores, memory_gb, reader=reader)
    assert (found.listening, found.voices, found.reading) == (teams, teams, teams)


def test_what_a_person_says_holds() -> None:
    found = crew(2, 24, shift={"listening": 3, "voices": 1, "reading": 2})
    assert [found.of(station) for station in ("listening", "voices", "reading")] == [3, 1, 2]
    assert found.most_under_way == 12


def test_a_reader_has_one_thread_beside_hearing_unless_a_person_says_otherwise() -> None:
    assert crew(2, 24).config_for(Config()).reader_threads == 1
    stated = Config(reader_threads=2)
    assert crew_for(stated, 2, 24 * GB).config_for(stated).reader_threads == 2


def test_who_asks_a_language_model_reads_in_the_run_itself() -> None:
    assert crew(2, 24, reader="llm").reads_here
    assert crew(2, 24, reader="turnwise", drafter="llm").reading == 1
    assert not crew(2, 24, reader="turnwise").reads_here


def test_free_memory_is_less_than_a_petabyte_and_more_than_nothing() -> None:
    assert 0 < free_memory() < 1024 * 1024 * GB
