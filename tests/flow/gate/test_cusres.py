"""A decision as a message is read back segment by segment, whatever the texts hold."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydifact.parser import Parser

from darvoza.domain.codes import Act, Agency, Channel
from darvoza.flow.gate.cusres import ActTold, Response, Standing, cusres

pytestmark = pytest.mark.filterwarnings("ignore::pydifact.exceptions.MissingImplementationWarning")
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
CARS = ActTold(Agency.CUSTOMS, Act.PHYSICAL, (1, 3))


def segments(text: str) -> list[tuple[str, list[object]]]:
    return [(segment.tag, list(segment.elements)) for segment in Parser().parse(text)]


def test_it_tells_declaration_channel_and_acts() -> None:
    read = segments(cusres(Response("KG-1", 2, Channel.RED, AT, (CARS,)), number="77"))
    tags = [tag for tag, _ in read]
    assert tags == ["UNH", "BGM", "DTM", "GIS", "ERP", "FTX", "RFF", "RFF", "UNT"]
    told = dict(read)
    assert told["UNH"] == ["77", ["CUSRES", "D", "96B", "UN"]]
    assert told["GIS"] == [["red", "ZZZ"]]
    assert told["FTX"][-1] == "customs physical"
    assert told["UNT"] == [str(len(read)), "77"]


@pytest.mark.parametrize("standing", [Standing.NOT_BINDING, Standing.CANCELLED])
def test_what_is_not_carried_out_tells_no_channel_and_no_act(standing: Standing) -> None:
    read = segments(cusres(Response("KG-1", 2, Channel.RED, AT, (CARS,), standing), number="77"))
    assert [tag for tag, _ in read] == ["UNH", "BGM", "DTM", "GIS", "UNT"]
    assert dict(read)["GIS"] == [[standing.value, "ZZZ"]]


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and text.strip() == text))
def test_no_text_breaks_the_message(reference: str) -> None:
    read = segments(cusres(Response(reference, 1, Channel.GREEN, AT, ()), number="1"))
    assert [tag for tag, _ in read] == ["UNH", "BGM", "DTM", "GIS", "UNT"]
    assert read[1][1][1] == [reference, "", "", "1"]
