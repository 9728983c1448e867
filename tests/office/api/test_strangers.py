"""Whatever is sent is answered without failing, and no client learns of what is another's: tried by generated requests."""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darvoza.domain.fields import FIELDS
from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import KINDS
from darvoza.office.api.urls import urlpatterns
from office.api.systems import CLIENTS, OTHER, Systems, a_body, an_item

CARS, APPLES = [an_item(hs="870323", origin="DE")], [an_item(hs="080810", origin="KG")]
SECRETS = {
    "plants": ("CUS-CARS", "IMP-CUSTOMS"),
    "akt": ("IMP-ELSEWHERE", "FAR-1", "floors", "CUS-CARS"),
    "dus": ("IMP-CUSTOMS", "NEAR-1", "floors", "CUS-CARS"),
    "reader": ("floors", "CUS-CARS", "probability"),
}
"""What must never be in an answer to a client."""

REQUESTS = int(os.environ.get("DARVOZA_STRANGERS", "400"))
"""Generated requests, shared by the clients; the environment may ask for more: DARVOZA_STRANGERS=20000."""


@pytest.fixture
def filled(systems: Systems) -> Systems:
    """Declarations here and elsewhere, for one agency and for two."""
    systems.lodge(a_body("NEAR-1", importer_id="IMP-CUSTOMS", items=CARS))
    systems.lodge(a_body("BOTH-1", importer_id="IMP-BOTH", items=CARS + APPLES, transport_document="B"))
    systems.lodge(a_body("FAR-1", post=OTHER, importer_id="IMP-ELSEWHERE", items=CARS, transport_document="E"))
    return systems


def test_no_client_learns_what_is_anothers(filled: Systems) -> None:
    rng = random.Random(11)
    for by, secrets in SECRETS.items():
        for method, path in requests(rng, REQUESTS // 4):
            said = filled.send(
                method, path, rng.choice([None, {}, {"items": [{"item": 1}]}, {"values": ["BAD-1"]}]), by=by
            )
            text = json.dumps(said.body)
            asked = path + json.dumps(CLIENTS[by].name)
            leaked = [secret for secret in secrets if secret in text and secret not in asked]
            assert not leaked, (by, method, path, said.status, text[:300])
            assert said.status < 500, (by, method, path, text[:300])


def requests(rng: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Requests to every address, with names that exist and names that do not."""
    names = ["NEAR-1", "BOTH-1", "FAR-1", "NONE"]
    orders = [
        f"{name}:{agency}:{act}"
        for name in names
        for agency in ("customs", "phytosanitary")
        for act in ("physical", "sampling")
    ]
    for _ in range(count):
        pattern = rng.choice(urlpatterns[1:])  # the first describes the interface, and names what there is
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern)
        for part, known in (
            ("<reference:declaration_id>", names),
            ("<reference:order_id>", orders),
            ("<int:number>", ["1", "2", "99"]),
        ):
            path = path.replace(part, rng.choice(known))
        query = rng.choice(["", "", "?limit=500", "?after=0&limit=1", "?state=waiting"])
        yield rng.choice(["GET", "GET", "GET", "POST", "DELETE"]), f"/{path}{query}"


def test_every_client_is_tried_at_every_address(filled: Systems) -> None:
    reached = {path.split("?")[0].split("/")[1] for _, path in requests(random.Random(1), 300)}
    assert reached >= {str(each.pattern).split("/")[0] for each in urlpatterns[1:]}
    assert filled.send("GET", "/declarations/NEAR-1").status == 200


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_BODY = st.dictionaries(st.sampled_from([field.name for field in FIELDS] + ["items", "x"]), _JSON, max_size=6)
_PATHS = st.sampled_from(
    ["/declarations", "/declarations/NEAR-1/amendments", "/orders/NEAR-1:customs:physical/findings", "/profiles", "/screening",
     "/subscriptions", "/comparisons", "/declarations/stream"]
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(path=_PATHS, body=_BODY | _JSON, raw=st.none() | st.binary(max_size=60))
def test_whatever_is_sent_gets_an_answer_with_a_code(filled: Systems, path: str, body: Any, raw: bytes | None) -> None:
    before = Lodgement.objects.count()
    sent = raw if raw is not None else json.dumps(a_body("X", **body) if isinstance(body, dict) else body).encode()
    kind = "application/x-ndjson" if path.endswith("stream") else "application/json"
    said = filled.send("POST", path, sent, content_type=kind)
    assert said.status < 500, (path, sent, said.body)
    if said.status >= 400:
        assert said.code in KINDS
        assert Lodgement.objects.count() == before


@pytest.mark.parametrize(
    "word", ["'; DROP TABLE api_lodgement; --", "<script>alert(1)</script>", "%00", "../../etc", "é" * 40, "x" * 3000]
)
def test_strange_names_are_not_found(filled: Systems, word: str) -> None:
    from urllib.parse import quote

    for path in (f"/declarations/{quote(word, safe='')}", f"/orders/{quote(word, safe='')}"):
        assert filled.send("GET", path).status == 404
    assert Lodgement.objects.count() == 3
