"""Which workers a machine of a cluster has: all stations on each, shares that always fit, GPUs where there are any."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.shift.ray_cluster import Machine
from pipeline.shift.ray_crew import require_places
from pipeline.shift.ray_plan import STATIONS, places_on

GB = 1024**3


def machine(cores: float, gpus: float = 0.0) -> Machine:
    return Machine("m", cores, gpus, 64 * GB)


def config(**tables: Mapping[str, float]) -> Config:
    return Config.model_validate({"reader": "turnwise", "threads": 1, "reader_threads": 2, **tables})


def test_two_cores_hold_a_worker_of_each_station_with_half_of_what_it_wants() -> None:
    # 1 + 1 + 2 cores are wanted, 2 are there: shares of a half
    places = {place.station: (place.count, place.cores) for place in places_on(machine(2), config())}
    assert places == {"listening": (1, 0.5), "voices": (1, 0.5), "reading": (1, 1.0)}


def test_a_machine_with_room_gives_each_worker_what_it_wants() -> None:
    table = {"listening": 1, "voices": 1, "reading": 1}
    places = {place.station: place.cores for place in places_on(machine(16), config(shift=table))}
    assert places == {"listening": 1.0, "voices": 1.0, "reading": 2.0}


def test_the_numbers_of_shift_are_for_each_machine() -> None:
    places = places_on(machine(4), config(shift={"listening": 3, "voices": 2, "reading": 1}))
    assert [place.count for place in places] == [3, 2, 1]


def test_a_machine_that_gives_no_cores_has_no_worker() -> None:
    assert places_on(machine(0), config()) == ()


def test_a_station_with_a_share_of_a_gpu_is_only_where_one_is() -> None:
    wanted = config(shift={"listening": 4, "voices": 1, "reading": 1}, ray={"listening_gpus": 0.5})
    assert [place.station for place in places_on(machine(8), wanted)] == ["voices", "reading"]
    listening = places_on(machine(8, gpus=1), wanted)[0]
    assert (listening.station, listening.count, listening.gpus) == ("listening", 2, 0.5)  # two halves make the one


def test_a_station_that_fits_nowhere_is_refused_by_its_name() -> None:
    wanted = config(ray={"voices_gpus": 1.0})
    found = machine(8)
    with pytest.raises(UsageError, match="has room for voices: 8 cores and 0 GPUs"):
        require_places({"m": places_on(found, wanted)}, {"m": found})


@given(cores=st.integers(1, 128), listening=st.integers(1, 16), voices=st.integers(1, 16), reading=st.integers(1, 16))
def test_the_shares_never_pass_the_machine_and_ray_can_count_them(
    cores: int, listening: int, voices: int, reading: int
) -> None:
    table = {"listening": listening, "voices": voices, "reading": reading}
    places = places_on(machine(cores), config(shift=table))
    assert {place.station for place in places} == set(STATIONS)
    assert sum(place.count * place.cores for place in places) <= cores + 1e-9
    assert all(place.cores > 0 and (place.cores <= 1 or place.cores == int(place.cores)) for place in places)
