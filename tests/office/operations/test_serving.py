"""An office that is served, asked from outside: by the health check of its image, and by nobody."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.house import ROOT

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
NAMED = CLEAN | {"DARVOZA_HOSTS": "darvoza.customs.example", "DARVOZA_SECRET": "s" * 60}
DARVOZA = [sys.executable, "-m", "darvoza.cli.main"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of an office that is served under a name of its own."""
    subprocess.run(
        [*DARVOZA, "office", "migrate", "--home", str(tmp_path)], env=NAMED, check=True, stdout=subprocess.DEVNULL
    )
    port = free_port()
    words = ["serve", "--home", str(tmp_path), "--bind", f"127.0.0.1:{port}", "--processes", "1"]
    process = subprocess.Popen([*DARVOZA, *words], env=NAMED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_health_check_of_the_image_passes(served: int) -> None:
    [line] = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    program, *words = json.loads(line)
    assert program == "python"
    asked = [each.replace("127.0.0.1:8000", f"127.0.0.1:{served}") for each in words]
    assert asked != words
    done = [ask(asked) for _ in range(3)]  # as often as Docker asks before it gives up
    assert 0 in [each.returncode for each in done], done[-1].stderr


def ask(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the program that looks after a container, as Docker does."""
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=60, env=NAMED)
