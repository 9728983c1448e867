"""A disk whose power can be cut: what is written below its mount is forgotten unless it was synchronised."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

TESTS = Path(__file__).resolve().parents[1]
_LIBC = ctypes.CDLL(None, use_errno=True)
_DETACH = 2


class NotPossible(Exception):
    """Such a disk cannot be mounted here: it takes Linux, ``/dev/fuse``, and the right to mount."""


class ForgetfulDisk:
    """A disk that forgets.

    Parameters
    ----------
    place
        A directory of its own: what it keeps, and its mount.

    Raises
    ------
    NotPossible
        When it cannot be mounted.
    """

    def __init__(self, place: Path) -> None:
        self._kept, self.mount = place / "kept", place / "disk"
        self.mount.mkdir(parents=True, exist_ok=True)
        self._serving = self._mounted()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let go of it."""
        self._stop()

    def keep_all(self) -> None:
        """Keep everything, as long after the last write."""
        self._tell(b"keep\n")
        assert self._serving.stdout is not None
        assert self._serving.stdout.readline() == b"kept\n"

    def cut(self, seed: int | None = None) -> None:
        """Cut the power: what was not kept is gone; with a seed, any of it. Whoever used the disk has errors from now on."""
        if seed is None:
            self._serving.kill()
        else:
            self._tell(f"cut {seed}\n".encode())
        self._serving.wait(timeout=60)

    def power_on(self) -> None:
        """Mount what was kept."""
        self._stop()
        self._serving = self._mounted()

    def _tell(self, words: bytes) -> None:
        assert self._serving.stdin is not None
        self._serving.stdin.write(words)
        self._serving.stdin.flush()

    def _stop(self) -> None:
        self._serving.kill()
        self._serving.wait()
        for end in (self._serving.stdin, self._serving.stdout):
            if end is not None:
                end.close()
        _LIBC.umount2(os.fsencode(self.mount), _DETACH)

    def _mounted(self) -> "subprocess.Popen[bytes]":
        try:
            device = os.open("/dev/fuse", os.O_RDWR)
        except OSError as problem:
            raise NotPossible(str(problem)) from problem
        try:
            told = f"fd={device},rootmode=40000,user_id={os.geteuid()},group_id={os.getegid()},allow_other,default_permissions"
            if _LIBC.mount(b"forgetful", os.fsencode(self.mount), b"fuse", 6, told.encode()):
                raise NotPossible(os.strerror(ctypes.get_errno()))
            return subprocess.Popen(
                [sys.executable, "-m", "forgetful.serving", str(self._kept), str(device)],
                cwd=TESTS,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[device],
                start_new_session=True,
            )
        finally:
            os.close(device)
