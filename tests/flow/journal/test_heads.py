"""A head is signed only over a journal that holds and goes on from the heads before; proofs hang on it."""

import base64
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from benchmarks.journal_mutations import MUTATIONS, a_journal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from darvoza.darvoza_verify import Unreadable, check, read_heads, read_keys, signed, wrong_proof, wrong_signature
from darvoza.errors import BrokenJournal, InvalidHead
from darvoza.flow.journal.heads import holding, next_head, signed_heads
from darvoza.flow.journal.proofs import prove_entry, prove_growth
from darvoza.methods.sealing.signed_note import name_of, private_key, public_key, sign_note

NAME = "customs.example/journal"
KEY = private_key(NAME, bytes(range(32)))
OTHER = private_key(NAME, bytes(32))
DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
LINES = a_journal(40, Random(3), erasures=3).lines()


def three_heads() -> str:
    """Heads over 10, 25 and all entries."""
    text = ""
    for number, size in enumerate((10, 25, len(LINES))):
        # what is erased later is not erased in the eyes of an older head, so older journals are cut from the newest
        head = sign_note(_note(size, DAY + timedelta(days=number)), KEY)
        text += f"{head}\n"
    return text


def _note(size: int, day: date) -> str:
    verdict = check(LINES[:size])
    return f"{NAME}\n{size}\n{base64.b64encode(bytes.fromhex(verdict.root)).decode()}\n{day}\n"


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_our_own_check_of_signatures_agrees_with_the_library(seed: bytes, text: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(text)
    assert signed(public, text, signature)
    turned = bytearray(signature)
    turned[bit // 8] ^= 1 << bit % 8
    assert not signed(public, text, bytes(turned))
    assert not signed(public, text + b"!", signature)


def test_nonsense_is_no_signature() -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not signed(public, b"", b"")
    assert not signed(public[:31], b"", bytes(64))
    assert not signed(b"\xff" * 32, b"", bytes(64))
    assert not signed(public, b"", b"\xff" * 64)


def test_a_key_knows_its_name_and_its_public_half() -> None:
    assert name_of(KEY) == NAME
    assert next(iter(read_keys(public_key(KEY))))[0] == NAME


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+a+b+c", KEY[:-2] + "AA", KEY.replace("customs", "Customs"), public_key(KEY)]
)
def test_a_private_key_with_a_slip_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="expected a private key") as refused:
        public_key(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "seed"), [("two words", bytes(32)), ("a+b", bytes(32)), ("", bytes(32)), ("a", b"short")]
)
def test_a_key_needs_a_name_and_enough_chance(name: str, seed: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        private_key(name, seed)


@pytest.mark.parametrize("text", ["no break", "an\n\nempty line\n", "\nfirst\n"])
def test_a_note_has_lines_and_no_empty_one(text: str) -> None:
    with pytest.raises(ValueError, match="expected lines"):
        sign_note(text, KEY)


def test_heads_follow_one_another_while_the_journal_grows() -> None:
    lines, heads = a_journal(40, Random(4)).lines(), ""
    for number, size in enumerate((1, 10, 10, 40)):
        heads += next_head(lines[:size], heads, day=DAY + timedelta(days=number), key=KEY, now=NOW) + "\n"
    assert [head.size for head in read_heads(heads)] == [1, 10, 10, 40]
    verdict = check(lines, signed_heads(heads, [public_key(KEY)]))
    assert (verdict.heads, verdict.faults) == (4, ())


@pytest.mark.parametrize("kind", MUTATIONS)
def test_what_was_tampered_with_is_not_signed(kind: str) -> None:
    journal = a_journal(30, Random(5))
    heads = next_head(journal.lines(), "", day=DAY, key=KEY, now=NOW)
    with pytest.raises(BrokenJournal, match="entr"):
        next_head(MUTATIONS[kind](journal, Random(6)).lines, heads, day=DAY, key=KEY, now=NOW)


def test_a_head_of_another_key_or_a_later_day_is_not_gone_on_from() -> None:
    heads = next_head(LINES, "", day=DAY, key=KEY, now=NOW)
    with pytest.raises(InvalidHead, match="not signed with a key that was given"):
        next_head(LINES, heads, day=DAY, key=OTHER, now=NOW)
    with pytest.raises(InvalidHead, match="not before that of the last head, 2026-03-01"):
        next_head(LINES, heads, day=DAY - timedelta(days=1), key=KEY, now=NOW)
    with pytest.raises(InvalidHead, match="no signed head begins here"):
        next_head(LINES, "hello\n", day=DAY, key=KEY, now=NOW)
    with pytest.raises(InvalidHead, match="expected a private key"):
        next_head(LINES, "", day=DAY, key=public_key(KEY), now=NOW)


def test_over_a_journal_without_an_entry_nothing_is_signed() -> None:
    with pytest.raises(BrokenJournal, match="no entry"):
        next_head([], "", day=DAY, key=KEY, now=NOW)


def test_a_day_that_has_begun_nowhere_is_not_signed() -> None:
    evening = datetime(2026, 3, 1, 9, 59, 59, tzinfo=UTC)  # 23:59:59 where each day begins first
    assert next_head(LINES, "", day=DAY, key=KEY, now=evening)
    with pytest.raises(
        InvalidHead, match="day: expected a day that has begun, 2026-03-01 at the latest, got '2026-03-02'"
    ):
        next_head(LINES, "", day=DAY + timedelta(days=1), key=KEY, now=evening)
    assert next_head(LINES, "", day=DAY + timedelta(days=1), key=KEY, now=evening + timedelta(seconds=1))


@pytest.mark.parametrize(("before", "after"), [("\n", ""), ("\n\n", "\n\n"), ("", "\n \n")])
def test_empty_lines_around_heads_and_keys_are_neither(before: str, after: str) -> None:
    assert [head.size for head in read_heads(f"{before}{three_heads()}{after}")] == [10, 25, 40]
    assert len(read_keys(f"{before}{public_key(KEY)}\n{before}{public_key(OTHER)}\n{after}")) == 2
    with pytest.raises(Unreadable, match="line 3: expected a public key"):
        read_keys("\n\nno key\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": float("inf")}, {"from": float("inf")}, {"from": float("nan")}, {"size": None}, {"path": 7}, {"proof": []},
        {"proof": "inclusion", "header": {"sequence": float("inf")}},
    ],
)  # fmt: skip
def test_what_is_no_proof_is_unreadable(wrong: dict[str, object]) -> None:
    heads = signed_heads(three_heads(), [public_key(KEY)])
    with pytest.raises(Unreadable, match="expected a proof of inclusion or consistency"):
        wrong_proof({**prove_growth(holding(LINES)[1], 10), **wrong}, heads)


@given(st.data())
def test_a_head_that_was_changed_is_refused(data: st.DataObject) -> None:
    text = next_head(LINES, "", day=DAY, key=KEY, now=NOW)
    at = data.draw(st.integers(0, text.index("—") - 3))
    other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != text[at]))
    with pytest.raises(InvalidHead):
        signed_heads(text[:at] + other + text[at + 1 :], [public_key(KEY)])


def test_a_signature_of_the_right_key_under_another_text_is_told() -> None:
    head = next(read_heads(next_head(LINES, "", day=DAY, key=KEY, now=NOW)))
    keys = read_keys(public_key(KEY))
    assert wrong_signature(head, keys) == ""
    assert "not that of its text" in wrong_signature(head._replace(text=b"x\n"), keys)
    assert "not signed" in wrong_signature(head._replace(signatures=()), keys)


def test_proofs_hold_beside_the_signed_heads_alone() -> None:
    heads = signed_heads(three_heads(), [public_key(KEY)])
    _, leaves = holding(LINES)
    for size in (10, 25, len(LINES)):
        for sequence in range(1, size + 1):
            assert wrong_proof(prove_entry(LINES[sequence - 1], leaves[:size]), heads) == ""
    assert wrong_proof(prove_growth(leaves, 10), heads) == ""
    assert wrong_proof(prove_growth(leaves[:25], 10), heads) == ""


def test_proofs_of_what_is_not_so_fail() -> None:
    heads = signed_heads(three_heads(), [public_key(KEY)])
    _, leaves = holding(LINES)
    proof = prove_entry(LINES[3], leaves)
    assert "does not lead" in wrong_proof({**proof, "header": {"sequence": 4, "kind": "decision"}}, heads)
    assert "does not lead" in wrong_proof(prove_entry(LINES[3], [*leaves[:-1], bytes(32)]), heads)
    assert "does not lead" in wrong_proof(prove_growth([*leaves[:-1], bytes(32)], 25), heads)
    assert "no signed head over 39 entries" in wrong_proof(prove_growth(leaves[:39], 25), heads)


def test_there_is_no_proof_beyond_the_head() -> None:
    _, leaves = holding(LINES)
    with pytest.raises(InvalidHead, match="an entry from 1 to 10"):
        prove_entry(LINES[10], leaves[:10])
    with pytest.raises(InvalidHead, match="since: expected a number of entries from 1 to 10"):
        prove_growth(leaves[:10], 11)


def test_two_different_heads_over_the_same_number_of_entries_are_told() -> None:
    heads = signed_heads(three_heads(), [public_key(KEY)])
    _, leaves = holding(LINES)
    twin = heads[0]._replace(root=bytes(32))
    assert "two heads over 10 entries differ" in wrong_proof(prove_growth(leaves, 25), [*heads, twin])
    assert "not what was there" in str(check(LINES, [*heads, twin]).faults[0])
