"""``darvoza sps alerts import``: alerts of another service in; what follows from them is in force at once."""

import json
import sys
from argparse import Namespace
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from darvoza.cli.alert_words import keep_book, rules_of, told
from darvoza.cli.sps_measures import contradictions_told
from darvoza.cli.sps_notice import notice
from darvoza.domain.sps.alert import AlertRules
from darvoza.errors import DarvozaError, InvalidMeasure, SettingsError
from darvoza.flow.intake.alert_book import BOOK, AlertBook, Entry, keep, read_book
from darvoza.flow.intake.alerts import ReadAlerts, WrongAlert, format_of, read_alerts
from darvoza.json_text import read_json

ASIDE = "set_aside.json"
SHOWN = 20


def run(options: Namespace) -> int:
    """Take alerts in and say what follows; exit with 1 when some had to be kept aside."""
    rules = rules_of(options)
    read = [_read(file, options.format, rules) for file in options.files]
    wrong = [each for one in read for each in one.wrong]
    before = read_book(options.into)
    book, became, refused = _entered(before, read)
    found = {each.measure.code: each for each in book.consequences(rules)}
    changed = keep_book(options.into, book, tuple(found.values()))
    for code, entry in became.items():
        if entry is not Entry.KNOWN:
            print(f"{code}: {entry}")
            print("\n".join(told(found[code])))
    _tell_of_the_others(before, book, rules)
    for line in contradictions_told(each.measure for each in found.values()):
        print(line)
    counted = Counter(became.values())
    amounts = ", ".join(f"{counted[entry]} {entry}" for entry in Entry)
    aside = _keep_aside(options.into, [*wrong, *refused])
    print(f"{amounts}, {aside} kept aside; {options.into / BOOK} {'was written' if changed else 'is as it was'}")
    return 1 if aside else 0


def _read(file: Path, name: str | None, rules: AlertRules) -> ReadAlerts:
    if name is not None and name not in rules.formats:
        raise SettingsError(field="format", expected=f"one of {', '.join(rules.formats)}", got=name)
    return read_alerts(file, rules.formats[name] if name else format_of(file, rules.formats))


def _entered(book: AlertBook, read: list[ReadAlerts]) -> tuple[AlertBook, dict[str, Entry], list[WrongAlert]]:
    """Enter alerts one by one; one that contradicts what was received before is kept aside."""
    became: dict[str, Entry] = {}
    refused: list[WrongAlert] = []
    for alert in (alert for one in read for alert in one.alerts):
        try:
            book, entry = book.enter(alert)
        except InvalidMeasure as problem:
            values = {name: str(value) for name, value in asdict(alert).items()}
            refused.append(WrongAlert(alert.code, values, (str(problem),)))
            continue
        if entry is not Entry.KNOWN or alert.code not in became:
            became[alert.code] = entry
    return book, became, refused


def _tell_of_the_others(before: AlertBook, after: AlertBook, rules: AlertRules) -> None:
    """Write the notice of each alert that these files ended (WTO TFA 5.1), and name those in force again."""
    earlier = {alert.code: alert for alert in before.current()}
    for found in after.consequences(rules):
        measure = found.measure
        was = earlier.get(measure.code)
        if was is not None and was.ended_on is None and measure.terminated_on:
            print("\n" + "\n".join(notice(measure, "en")) + "\n")
        if was is not None and was.ended_on is not None and not measure.terminated_on:
            print(f"{measure.code}: in force again, though it was ended on {was.ended_on}: {was.ending}")


def _keep_aside(directory: Path, wrong: list[WrongAlert]) -> int:
    """Keep alerts that cannot be used, each once, and say what is wrong with them."""
    for each in wrong[:SHOWN]:
        print("\n".join(f"darvoza: {error}" for error in each.errors), file=sys.stderr)
    if len(wrong) > SHOWN:
        print(f"darvoza: … and {len(wrong) - SHOWN} more alerts, see {directory / ASIDE}", file=sys.stderr)
    path = directory / ASIDE
    try:
        kept = read_json(path.read_text(encoding="utf-8")) if path.is_file() else []
    except ValueError as problem:
        raise DarvozaError(field=str(path), expected="alerts kept aside, as JSON", got=str(problem)) from problem
    more = [asdict(each) | {"errors": list(each.errors)} for each in wrong]
    made = [*kept, *(each for each in more if each not in kept)]
    if made:
        keep(directory, [(ASIDE, json.dumps(made, indent=1, ensure_ascii=False) + "\n")])
    return len(wrong)
