"""What a post writes down is signed with a key of the post, entry by entry, so that the centre knows whose record it is.

The digests of a chain show that something was changed only to who knows its head. The head of a record that comes on a
stick is known to nobody but the post: whoever carries it could write a result anew and every digest after it. So each
entry holds a signature (Ed25519, a line of a signed note) over

    darvoza post entry 1
    the code of the post
    its number
    the head that the entry would have without the signature

That head stands for the entry and for everything before it. The last signature therefore vouches for the whole record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from darvoza.domain.journal import JournalEntry, JournalEvent
from darvoza.errors import BrokenJournal, PostError
from darvoza.flow.journal.entries import next_entry
from darvoza.methods.sealing.hash_chain import Link
from darvoza.methods.sealing.signed_note import private_key, public_key, sign_note, signed_text

SIGNED: Final = "signed"
"""Name, in the body of an entry, of the line with its signature."""

LOST: Final = "put sign.key of the post back from a copy; without one, make the post anew: darvoza post new, and tell the centre its keys"
KEEP: Final = "keep what you hold as it is, and ask the post for its record again"


@dataclass(frozen=True, slots=True)
class Signer:
    """A post, with the private key by which it signs.

    Raises
    ------
    PostError
        When the key is none; it is not repeated.

    Examples
    --------
    >>> Signer("KG-TOR", post_key("KG-TOR", bytes(32))).public
    'post-KG-TOR+...+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
    """

    post: str
    private: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key by which nothing can be signed."""
        try:
            public_key(self.private)
        except ValueError as problem:
            raise PostError(str(problem), field=f"the key by which {self.post} signs", hint=LOST) from problem

    @property
    def public(self) -> str:
        """The public half of the key."""
        return public_key(self.private)


def post_key(post: str, seed: bytes) -> str:
    """Make the private key of a post out of 32 random bytes."""
    return private_key(f"post-{quote(post, safe='')}", seed)


def signed_entry(after: Link, event: JournalEvent, *, salt: bytes, signer: Signer) -> JournalEntry:
    """Make the entry that follows, signed by its post.

    Raises
    ------
    InvalidEntry
        When something of the event cannot be written down for ever.
    """
    text = _signed(signer.post, next_entry(after, event, salt=salt))
    line = sign_note(text, signer.private).splitlines()[-1]
    return next_entry(after, replace(event, body={**event.body, SIGNED: line}), salt=salt)


def signature_fault(entry: JournalEntry, post: str, public: str) -> str:
    """Say what is wrong with the signature of an entry; nothing when its post signed it as it stands.

    Parameters
    ----------
    public
        Public key of the post.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from darvoza.domain.journal import EntryKind
    >>> from darvoza.methods.sealing.hash_chain import START
    >>> signer = Signer("KG-TOR", post_key("KG-TOR", bytes(32)))
    >>> event = JournalEvent(EntryKind.FINDING, "person 12", "KG-26-1:customs:physical", datetime(2026, 3, 1, tzinfo=UTC))
    >>> entry = signed_entry(START, event, salt=bytes(16), signer=signer)
    >>> signature_fault(entry, "KG-TOR", signer.public)
    ''
    >>> signature_fault(entry, "KG-OSH", signer.public)
    'the signature of post-KG-TOR is not that of the text'
    >>> signature_fault(next_entry(START, event, salt=bytes(16)), "KG-TOR", signer.public)
    'no signature'
    """
    line = (entry.body or {}).get(SIGNED)
    if not isinstance(line, str) or entry.body is None or entry.salt is None:
        return "no signature"
    try:
        signed_text(f"{_signed(post, _bare(entry, entry.body, entry.salt))}\n{line}\n", public)
    except ValueError as problem:
        return str(problem)
    return ""


def check_signed(entries: Iterable[JournalEntry], post: str, public: str) -> None:
    """Refuse a record in which something was not signed by its post.

    Raises
    ------
    BrokenJournal
        With the first entry that was not.
    """
    for entry in entries:
        if fault := signature_fault(entry, post, public):
            expected = f"the signature of {post} under it"
            raise BrokenJournal(field=f"entry {entry.sequence}", expected=expected, got=fault, hint=KEEP)


def _signed(post: str, bare: JournalEntry) -> str:
    """Write what is signed: of an entry as it is without its signature."""
    return f"darvoza post entry 1\n{post}\n{bare.sequence}\n{bare.head}\n"


def _bare(entry: JournalEntry, body: Mapping[str, object], salt: str) -> JournalEntry:
    """Make an entry again without its signature."""
    told = {name: value for name, value in body.items() if name != SIGNED}
    event = JournalEvent(entry.kind, entry.actor, entry.subject, entry.at, told)
    return next_entry(Link(entry.sequence - 1, entry.previous), event, salt=bytes.fromhex(salt))
