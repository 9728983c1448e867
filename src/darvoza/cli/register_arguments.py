"""Options of the commands on alerts and registers, and of what an assessment reads of them."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import day
from darvoza.cli.hazard_arguments import add_hazards_of_run

Add = Callable[[str, str, str], ArgumentParser]


def add_alerts(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    imported = add("import", "Take alerts in: what follows from them is in force at once.", "sps_alerts_import")
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE", help="alerts of one source (CSV, XML)")
    imported.add_argument("--into", type=Path, required=True, metavar="DIR", help="where alerts are kept; made if new")
    imported.add_argument("--format", metavar="NAME", help="how they are worded; known by the columns otherwise")
    listed = add("list", "Tell the alerts that are kept, and which are in force.", "sps_alerts_list")
    listed.add_argument("directory", type=Path, metavar="DIR", help="where alerts are kept")
    listed.add_argument("--day", type=day, required=True, help="day on which it is asked what is in force")
    ended = add("end", "End an alert before its time, and write the notice of it.", "sps_alerts_end")
    ended.add_argument("directory", type=Path, metavar="DIR", help="where alerts are kept")
    ended.add_argument("code", metavar="CODE", help="code of the alert, as `list` tells it")
    ended.add_argument("--on", type=day, required=True, metavar="DAY", help="first day on which it is not in force")
    ended.add_argument("--reason", required=True, help="why")
    ended.add_argument("--language", choices=("en", "ru"), default="en", help="language of the notice")
    for parser in (imported, listed, ended):
        parser.add_argument("--rules", type=Path, help="what follows from alerts (YAML); the shipped rules otherwise")


def add_registers(add: Add) -> None:
    """Add the command that reads registers."""
    parser = add("registers", "Read registers of the health services: what they hold on a day.", "sps_registers")
    parser.add_argument("directory", type=Path, metavar="DIR", help="zones, establishments, permits (CSV, YAML)")
    parser.add_argument("--day", type=day, required=True, help="day on which it is asked what is in force")


def read_from_registers(parser: ArgumentParser) -> None:
    """Add the registers that facts are looked up in."""
    words = "registers of the health services: a directory with zones, establishments, permits (CSV, YAML)"
    parser.add_argument("--registers", type=Path, metavar="DIR", help=words)


def hold_against_certificates(parser: ArgumentParser) -> None:
    """Add the certificates that goods are held against, and the hazards that were learned of them."""
    words = "certificates: a directory of ePhytos (XML) and of what was keyed by hand (CSV, YAML)"
    parser.add_argument("--certificates", type=Path, metavar="DIR", help=words)
    words = "what is set about certificates and permits: passive levels, tolerance … (YAML)"
    parser.add_argument("--matching-settings", type=Path, metavar="FILE", help=words)
    add_hazards_of_run(parser)
