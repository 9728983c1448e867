"""The directory of a post without a line: its keys, whom it trusts, its bundle, its record."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from darvoza.cli.journal_files import text_of
from darvoza.domain.bundle import Bundle
from darvoza.errors import InvalidBundle, PostError
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.state_file import State, read_state
from darvoza.flow.post.bundle import MEMORY, OpenBundle, open_bundle, unpack_state
from darvoza.flow.post.deciding import keys_of_draws
from darvoza.flow.post.knowing import post_gate
from darvoza.flow.post.record import PostRecord
from darvoza.flow.post.results import found_so_far
from darvoza.flow.post.signing import Signer
from darvoza.flow.selectivity.keys import day_keys_text, joined_keys, read_day_keys
from darvoza.flow.selectivity.memory_file import memory_text, read_memory
from darvoza.json_text import read_json
from darvoza.on_disk import wait_for_disk

ABOUT, SEAL_KEY, SIGN_KEY = "post.json", "seal.key", "sign.key"
CUT = (
    "the last line of the record was not finished: power was lost while it was written, or somebody shortened it; "
    "compare what was answered last with: darvoza post status"
)
BUNDLE, RECORD, SPENT, KEYS = "bundle.zip", "record.ndjson", "memory.json", "keys.json"
UNPACKED = ".state-"
"""How the directories begin in which a bundle is unpacked for the time of one command."""


class PostHome(NamedTuple):
    """A post: where it keeps its things, its code, and the public key of the centre."""

    directory: Path
    post: str
    trusted: str

    def opened(self, packed: Path | None = None) -> OpenBundle:
        """Open the bundle of the post, with the keys that were kept of earlier ones, or one that is offered."""
        path = packed or self.directory / BUNDLE
        try:
            content = path.read_bytes()
        except OSError as problem:
            hint = None if packed else "take one with: darvoza post accept"
            raise PostError(field=str(path), expected="a bundle", got=problem.strerror, hint=hint) from problem
        private = text_of(self.directory / SEAL_KEY, "the key of the post")
        opened = open_bundle(content, trusted=self.trusted, private=private.strip())
        kept = self.directory / KEYS
        if packed is None and kept.exists():
            keys = joined_keys(opened.keys, read_day_keys(kept.read_text(encoding="utf-8")))
            return replace(opened, keys=keys)
        return opened

    def held(self) -> Bundle | None:
        """Give the bundle that lies here; nothing where there is none, or it is damaged."""
        try:
            return self.opened().bundle
        except (InvalidBundle, PostError):
            return None

    def keep_keys(self, record: PostRecord) -> None:
        """Keep the keys of the draws that the post wrote down, before another bundle takes the place of this one."""
        keys = keys_of_draws(self.opened().keys, record.entries)
        if keys.days:
            replace_file(self.directory / KEYS, day_keys_text(keys, [day for day, _ in keys.days]).encode())

    def signer(self) -> Signer:
        """Give the post with the key by which it signs."""
        return Signer(self.post, text_of(self.directory / SIGN_KEY, "the key by which the post signs").strip())

    @contextmanager
    def record(self) -> Iterator[PostRecord]:
        """Hold the record of the post; say so where its last line was not finished."""
        try:
            held = PostRecord(self.directory / RECORD, self.signer())
        except OSError as problem:
            raise unkept(problem) from problem
        with held as record:
            if record.cut:
                print(f"ALARM: {CUT}", file=sys.stderr)
            yield record

    def gate(self, bundle: OpenBundle, record: PostRecord) -> tuple[Gate, State]:
        """Make the gate of the post; give it with the state that decides."""
        self._clear()
        try:
            with TemporaryDirectory(dir=self.directory, prefix=UNPACKED) as place:
                state = read_state(unpack_state(bundle, Path(place)), bundle.keys, kept=True)
        except OSError as problem:
            raise unkept(problem) from problem
        spent = self.directory / SPENT
        text = spent.read_text(encoding="utf-8") if spent.exists() else bundle.content[MEMORY].decode()
        policy = replace(state.policy, memory=read_memory(text, SPENT) if text else {})
        gate = post_gate(policy, bundle.draws(), record.entries)
        gate.note_results(found_so_far(record.entries))
        return gate, state

    def _clear(self) -> None:
        """Take away what the power was lost over: profiles, lists and draws, unpacked. Whoever holds the record does it alone."""
        for left in self.directory.glob(f"{UNPACKED}*"):
            shutil.rmtree(left, ignore_errors=True)

    def keep_spent(self, gate: Gate) -> None:
        """Keep what the post has spent of its capacity; without it pacing begins anew, and no floor is lowered."""
        replace_file(self.directory / SPENT, memory_text(gate.policy.memory).encode())


def unkept(problem: OSError) -> PostError:
    """Say that something cannot be written down at the post."""
    hint = "make room, or examine by hand; nothing of this was decided"
    return PostError(
        field=str(problem.filename or "disk"), expected="a disk that keeps it", got=problem.strerror, hint=hint
    )


def replace_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all, over what was there."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    part.replace(path)
    wait_for_disk(path.parent)


def post_home(directory: Path) -> PostHome:
    """Read what a post knows of itself.

    Raises
    ------
    PostError
        When there is no post.
    """
    try:
        told = read_json((directory / ABOUT).read_text(encoding="utf-8"))
        return PostHome(directory, str(told["post"]), str(told["trusted"]))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        hint = "make one with: darvoza post new"
        raise PostError(field=str(directory), expected="a post", got=type(problem).__name__, hint=hint) from problem
