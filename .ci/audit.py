"""Ask the database of known vulnerabilities about every package that is pinned; say so when it could not be asked.

Exit code: 0 none is known, 1 some are, 2 not every package could be looked up. The last is never taken for the first: an audit
that asked nobody has found nothing because it looked nowhere. A finding that is waived stands in ``.ci/waived.txt``, a line
each: its number, the day until which it is waived, and why.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements/default.txt", "requirements/develop.txt")
WAIVED = Path(__file__).with_name("waived.txt")


class Audit(NamedTuple):
    """What came of it: known vulnerabilities, packages that could not be looked up, and how many were."""

    known: list[str]
    unasked: list[str]
    asked: int

    @property
    def code(self) -> int:
        """Exit code."""
        return 1 if self.known else 2 if self.unasked or not self.asked else 0


def waivers(lines: Iterable[str], today: date) -> set[str]:
    """Give the numbers that are waived today."""
    given = [line.split(maxsplit=2) for line in lines if line.strip() and not line.startswith("#")]
    return {number for number, until, _reason in given if date.fromisoformat(until) >= today}


def read(report: Mapping[str, Any], waived: set[str]) -> Audit:
    """Read what pip-audit found."""
    known, unasked, asked = [], [], 0
    for package in report["dependencies"]:
        if "skip_reason" in package:
            unasked.append(package["name"])
            continue
        asked += 1
        for each in package["vulns"]:
            if not {each["id"], *each.get("aliases", ())} & waived:
                fixed = ", ".join(each["fix_versions"]) or "no version yet"
                known.append(f"{package['name']} {package['version']}: {each['id']}, fixed in {fixed}")
    return Audit(known, unasked, asked)


def audit(lock: str) -> Audit:
    """Ask about the packages of one lock file."""
    program = [str(Path(sys.executable).with_name("pip-audit")), "-r", lock, "--no-deps", "--disable-pip", "-f", "json"]
    done = subprocess.run(
        [*program, "--progress-spinner", "off"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return Audit([], [f"{lock}: {(done.stderr.strip().splitlines() or ['no answer'])[-1]:.200}"], 0)
    lines = WAIVED.read_text(encoding="utf-8").splitlines() if WAIVED.exists() else []
    return read(report, waivers(lines, datetime.now(UTC).date()))


def main() -> int:
    """Audit every lock file, and give the worst exit code."""
    worst = 0
    for lock in LOCKS:
        found = audit(lock)
        for each in found.known:
            print(f"audit    VULNERABLE {each}")
        if found.unasked:
            shown = ", ".join(found.unasked[:5])
            print(
                f"audit    NOT DONE for {len(found.unasked)} packages of {lock}: the database has no answer ({shown} …)"
            )
        print(f"audit    {lock}: {found.asked} packages were looked up, {len(found.known)} vulnerabilities are known")
        worst = found.code if worst == 0 or found.code == 1 else worst
    return worst


if __name__ == "__main__":
    sys.exit(main())
