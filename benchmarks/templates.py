"""A process that has loaded what an office stands on, and forks a server at each start: a killed office is back sooner.

What works with Polars is loaded by each server itself: its threads do not outlast a fork.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PROGRAM: Final = """
import os, signal, sys
from argparse import Namespace
{before}
from darvoza.cli.main import main
from darvoza.office.commands.starting import start
start(Namespace(home=None))
import cryptography, lark, lightgbm, ninja, numpy, openpyxl, polars, pydantic, scipy.stats
import darvoza.office.commands.serve
from django.db import connections
connections.close_all()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if child:
        os.setpgid(child, child)
        print(child, flush=True)
        continue
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(line.rstrip(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os._exit(main(sys.argv[1:]) or 0)
"""


class Template:
    """A process out of which servers are made, one after another.

    Parameters
    ----------
    words
        The command of the server.
    environment
        What it is told by its surroundings.
    before
        What is done before anything is loaded, as Python.
    """

    def __init__(self, words: list[str], environment: Mapping[str, str], before: str = "") -> None:
        program = PROGRAM.format(before=before)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *words],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.server = 0

    def start(self, log: Path) -> None:
        """Start a server that writes into a log."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{log}\n")
        self.process.stdin.flush()
        self.server = int(self.process.stdout.readline())

    def kill(self) -> None:
        """Kill every process of the server at once."""
        if not self.server:
            return
        os.killpg(self.server, signal.SIGKILL)
        limit = time.monotonic() + 30
        while Path(f"/proc/{self.server}").exists():
            if time.monotonic() > limit:
                raise TimeoutError("the server outlived SIGKILL")
            time.sleep(0.005)
        self.server = 0

    def end(self) -> None:
        """Kill the server, and end the template."""
        self.kill()
        for end in (self.process.stdin, self.process.stdout):
            if end is not None:
                end.close()
        self.process.wait(timeout=30)
