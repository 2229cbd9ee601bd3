"""How often somebody may try: by account and by address."""

import time
from concurrent.futures import ThreadPoolExecutor

from pipeline.review.sign_in.pace import Pace


def test_the_ninth_try_at_an_account_has_to_wait() -> None:
    pace = Pace()
    assert [pace.wait("anna", f"10.0.0.{n}") for n in range(8)] == [0] * 8
    assert 890 <= pace.wait("anna", "10.0.0.99") <= 900  # a quarter of an hour from the first
    assert pace.wait("bert", "10.0.0.1") == 0


def test_case_and_outer_space_make_no_other_account() -> None:
    pace = Pace(by_account="2/hour")
    assert [pace.wait(name, "10.0.0.1") > 0 for name in ("anna", " ANNA ", "Anna")] == [False, False, True]


def test_an_address_has_to_wait_whatever_accounts_it_tries() -> None:
    pace = Pace(by_address="3/hour")
    assert [pace.wait(f"user-{n}", "10.0.0.1") > 0 for n in range(4)] == [False, False, False, True]
    assert pace.wait("user-9", "10.0.0.2") == 0
    assert pace.wait_at("10.0.0.1") > 0


def test_one_machine_is_one_address_however_many_of_its_network_it_has() -> None:
    pace = Pace(by_address="1/hour")
    assert pace.wait("anna", "2001:db8:1:2::1") == 0
    assert pace.wait("bert", "2001:db8:1:2:ffff::9") > 0
    assert pace.wait("carl", "2001:db8:1:3::1") == 0


def test_a_right_password_counts_the_account_anew() -> None:
    pace = Pace(by_account="2/hour")
    assert [pace.wait("anna", "a"), pace.wait("anna", "a")] == [0, 0]
    pace.forget("ANNA")
    assert pace.wait("anna", "a") == 0


def test_after_the_wait_it_goes_on() -> None:
    pace = Pace(by_account="1/second")
    assert pace.wait("anna", "a") == 0
    assert pace.wait("anna", "a") == 1
    time.sleep(1.1)
    assert pace.wait("anna", "a") == 0


def test_many_tries_at_the_same_moment_count_as_many() -> None:
    pace = Pace(by_account="8/hour")
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: pace.wait("anna", "a"), range(40)))
    assert waits.count(0) == 8


def test_refusals_are_told_once_a_minute_for_each_address() -> None:
    pace = Pace()
    assert [pace.is_to_be_told("a"), pace.is_to_be_told("a"), pace.is_to_be_told("b")] == [True, False, True]
