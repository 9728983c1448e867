"""Make sure that LightGBM can load: it needs the system library libgomp.so.1, which a bare Debian lacks.

Missing and installable: install it. Missing and not installable: say what to run, and go on without; the score then
falls back and says so.
"""

import ctypes
import os
import shutil
import subprocess
import sys


def loads() -> bool:
    """Whether the library can be loaded by this Python."""
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        return False
    return True


def install() -> None:
    """Install the library with apt-get, quietly; a failure shows in `loads` afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "libgomp1"]):
        subprocess.run(command, env=environment, check=False, capture_output=True)


def main() -> None:
    """Check, install where possible, and report."""
    if loads():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write("set-up   libgomp1, the system library LightGBM needs\n")
        sys.stdout.flush()
        install()
    if not loads():
        sys.stdout.write(
            "\n"
            "  !! libgomp.so.1 is missing, so LightGBM cannot load and the learned score stays off.\n"
            "  !! Put it right with:   apt-get install libgomp1   (then: make clean)\n"
            "  !! Going on without it; profiles, plans and the random floor work as usual.\n\n"
        )


if __name__ == "__main__":
    main()
