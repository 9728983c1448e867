"""Agreement of two systems is counted for each profile, and the counts add up."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Channel
from darvoza.flow.gate.comparing import Agreement, Compared, agreement, compare, pairs, tallied

CHANNELS = st.sampled_from(Channel)
MANY = st.integers(0, 5)
SEEN = st.lists(
    st.builds(
        Compared, CHANNELS, CHANNELS, st.lists(st.sampled_from("ABC"), max_size=4).map(tuple), st.sampled_from(["X", "Y"]),
        MANY, MANY, MANY,
    ),
    max_size=30,
)  # fmt: skip


def test_turned_round_stricter_is_laxer() -> None:
    turned = {
        Agreement.EXACT: Agreement.EXACT,
        Agreement.STRICTER: Agreement.LAXER,
        Agreement.LAXER: Agreement.STRICTER,
    }
    for one, other in product(Channel, Channel):
        assert agreement(one, other) is turned[agreement(other, one)]
        assert (agreement(one, other) is Agreement.EXACT) == (one is other)


@given(SEEN)
def test_every_declaration_is_counted_once_for_all_and_once_for_each_of_its_profiles(seen: list[Compared]) -> None:
    tallies = {each.name: each for each in compare(seen)}
    assert tallies[""].declarations == sum(one.times for one in seen)
    for name in set("ABC"):
        matched = sum(one.times for one in seen if name in one.profiles)
        assert (tallies[name].declarations if name in tallies else 0) == matched
    whole = tallies[""]
    assert whole.share_exact == (whole.exact / whole.declarations if whole.declarations else None)


@given(SEEN)
def test_pairs_of_channels_and_posts_add_up_to_all(seen: list[Compared]) -> None:
    [whole, *_] = compare(seen)
    told, posts = pairs(seen), tallied(seen, lambda one: [one.post])
    assert [sum(each.declarations for each in told if each.met is met) for met in Agreement] == [
        whole.exact, whole.stricter, whole.laxer,
    ]  # fmt: skip
    for counted in (told, posts):
        assert sum(each.declarations for each in counted) == whole.declarations
        assert sum(each.checked for each in counted) == whole.checked
        assert sum(each.found for each in counted) == whole.found
