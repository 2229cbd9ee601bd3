"""Which role a speaker's name stands for."""

import pytest

from pipeline.domain.recording import CallMetadata, Role, Stage
from pipeline.domain.role_names import is_role_word, role_of_name

META = CallMetadata(rep="Ann Smith", manager="Mo Hill", customer="Heron Lane")


@pytest.mark.parametrize(
    ("name", "role", "by"),
    [
        ("Rep", "rep", "transcript"),
        ("SALES REP 2", "rep", "transcript"),
        ("AGENT", "rep", "transcript"),
        ("customer_1", "customer", "transcript"),
        ("Ben Ode (Customer)", "customer", "transcript"),
        ("manager", "other", "transcript"),
        ("ann  smith", "rep", "metadata"),
        ("Ann", "rep", "metadata"),
        ("Ben (Heron Lane)", "customer", "metadata"),
    ],
)
def test_words_for_roles_and_people_of_the_metadata_are_known(name: str, role: Role, by: str) -> None:
    assert role_of_name(name, META) == (role, by)


@pytest.mark.parametrize("name", ["Speaker 1", "unknown", "A", "Anna", "Ben Smith", "Annie Smith", "reporter"])
def test_any_other_name_tells_nothing(name: str) -> None:
    assert role_of_name(name, META) is None
    assert not is_role_word(name)


def test_a_first_name_that_both_sides_have_tells_nothing() -> None:
    assert role_of_name("Ann", CallMetadata(rep="Ann Smith", customer="Ann Ode")) is None


def test_in_a_one_to_one_the_manager_has_the_role_rep_and_the_rep_customer() -> None:
    meta = META.model_copy(update={"stage": Stage.COACHING})
    told = [role_of_name(name, meta) for name in ("Manager", "Rep", "Mo", "Ann")]
    assert told == [("rep", "transcript"), ("customer", "transcript"), ("rep", "metadata"), ("customer", "metadata")]


def test_channels_of_the_metadata_name_a_vendors_channels() -> None:
    meta = CallMetadata(channels={"0": "customer", "1": "rep"})
    assert (role_of_name("ch1", meta), role_of_name("ch2", meta)) == (("rep", "channel"), None)
