"""Options of the commands that write papers for officers."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

Add = Callable[[str, str, str], ArgumentParser]
AGENCIES = ("veterinary", "phytosanitary", "quarantine", "sanitary", "customs")


def add_papers(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    entry = add("entry", "Write the entry document of a service for a consignment, in three parts.", "sps_entry")
    act = add("act", "Write the act of control: checks, samples, decision, word of all services.", "sps_act")
    order = add("order", "Write the sampling order, with the numbers of the packages to open.", "sps_order")
    order.add_argument("--rule", default="identity", help="rule of the sampling rules that says how many packages")
    words = "group of goods whose increments are taken, as `sps increments` names them; large lots are divided"
    order.add_argument("--part", metavar="PART", help=words)
    order.add_argument("--rules", type=Path, help="sampling rules (YAML); the shipped ones otherwise")
    laboratory = add("lab", "Write the request to a laboratory for a sample, with results so far.", "sps_lab")
    laboratory.add_argument("--sample", required=True, metavar="NUMBER", help="number of the sample")
    words = "Write the notification of non-compliance to the exporting country, or its withdrawal."
    notified = add("non-compliance", words, "sps_non_compliance")
    notified.add_argument("--notice", metavar="NUMBER", help="number of the notification, where there are several")
    words = "Write the notice to the trader that goods are held or refused, why, and what he may do."
    detention = add("detention", words, "sps_detention")
    for parser in (entry, act, order, laboratory, notified, detention):
        _sources(parser)
        parser.add_argument("--verify", metavar="CODE", help="tell whether what was read off a printed paper agrees")
        add_paper(parser)
    blank = add("blank", "Write a blank act, for days without electricity or network.", "sps_blank")
    blank.add_argument("agency", choices=AGENCIES, metavar="AGENCY", help=f"one of {', '.join(AGENCIES)}")
    add_paper(blank)
    outcome = add("outcome", "Tell what customs does with a consignment on the word of all services.", "sps_outcome")
    _sources(outcome)
    outcome.add_argument("--at", type=moment, required=True, help="when it is asked, such as 2026-03-01T09:00:00+06:00")
    words = "what each code is called by your customs (CSV); the shipped meanings otherwise"
    outcome.add_argument("--codes", type=Path, metavar="FILE", help=words)
    outcome.add_argument("--language", choices=("en", "ru"), default="en", help="language of the words")


def _sources(parser: ArgumentParser) -> None:
    """Add what a consignment is put together from."""
    parser.add_argument("records", type=Path, metavar="RECORDS", help="records of control (YAML)")
    parser.add_argument("--number", help="number of the entry document, where there are several")
    words = "files that hold the declaration"
    parser.add_argument("--declarations", dest="files", nargs="+", type=Path, required=True, metavar="FILE", help=words)
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    words = "directory that `assess` wrote: what was ordered, and the numbers drawn"
    parser.add_argument("--run", dest="directory", type=Path, metavar="DIR", help=words)


def add_paper(parser: ArgumentParser) -> None:
    """Add where a paper goes and how it is written."""
    parser.add_argument("--language", choices=("en", "ru"), default="en", help="language of the paper")
    parser.add_argument("--out", type=Path, metavar="FILE", help="PDF to write, must not exist; text on screen without")
    words = "moment written into the PDF; of the last record otherwise"
    parser.add_argument("--at", type=moment, help=words)
    parser.add_argument("--fonts", type=Path, metavar="DIR", help="folder with more fonts, for other scripts")


def moment(text: str) -> datetime:
    """Read a moment with its offset from UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a moment such as 2026-03-01T09:00:00+06:00, got {text!r}") from problem
    if at.tzinfo is None:
        raise ArgumentTypeError(f"expected a moment with its offset from UTC, such as +06:00, got {text!r}")
    return at
