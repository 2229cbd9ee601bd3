"""How many calls and labels the shared collections hold: THE ONE TEST THAT OTHER PARTS OF THEM WOULD FAIL.

The numbers are those of the collections' README and of the files beside it. Everything else that is said of published
collections in these tests holds for any part of them.
"""

from evals.collections.catalogue import COLLECTIONS
from tests.evals.collections.conftest import Loaded

CALLS = {
    "recordings": 13, "consultations": 35, "counselling": 67, "pitches": 150, "phone": 21, "asr_errors": 1, "vendor": 1
}  # fmt: skip


def test_the_shared_part_of_each_collection_is_whole(loaded: Loaded) -> None:
    found, skipped = loaded
    assert skipped == ()
    assert set(CALLS) == set(COLLECTIONS)
    assert {name: len(calls) for name, calls in found.items()} == CALLS
    qualities = [talk.quality for talk in found["counselling"]]
    assert (qualities.count("high"), qualities.count("low")) == (56, 11)
    assert sorted(len(talk.raters) for talk in found["counselling"])[-4:] == [1, 10, 10, 10]
    # Questions by whoever labelled: 1,374 rows of the table say so.
    assert sum(label.asks is True for talk in found["counselling"] for label in talk.turns) == 1374
    asking = [label for call in found["phone"] for label in call.turns if label.asks]
    assert (sum(len(call.turns) for call in found["phone"]), len(asking)) == (3272, 97)
    assert sum(label.declarative for label in asking) == 15
    gifts = [chat.outcome for chat in found["pitches"] if chat.outcome is not None]
    assert (len(gifts), sum(gift > 0 for gift in gifts)) == (150, 69)
    (vendor,) = found["vendor"]
    assert vendor.talk_s == {"rep": 104.349, "customer": 63.79}
    (errors,) = found["asr_errors"]
    assert errors.reference.words is not None
    assert errors.heard is not None
    assert (len(errors.reference.words.split()), sum(len(t.words) for t in errors.heard.turns)) == (1744, 1546)
