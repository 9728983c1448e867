"""Agreement of two systems is counted for each profile, and the counts add up."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Channel
from darvoza.flow.gate.comparing import Agreement, Compared, agreement, compare

CHANNELS = st.sampled_from(Channel)
SEEN = st.lists(
    st.builds(Compared, CHANNELS, CHANNELS, st.lists(st.sampled_from("ABC"), max_size=4).map(tuple)), max_size=30
)


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
    assert tallies[""].declarations == len(seen)
    for name in set("ABC"):
        matched = sum(name in one.profiles for one in seen)
        assert (tallies[name].declarations if name in tallies else 0) == matched
    whole = tallies[""]
    assert whole.share_exact == (whole.exact / len(seen) if seen else None)
