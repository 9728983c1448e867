"""Every command and option of the command line, in one place and without a heavy import."""

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter, _ArgumentGroup, _SubParsersAction
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TypeAlias

from darvoza import __version__
from darvoza.cli.again_arguments import add_again
from darvoza.cli.argument_types import amount, capacity, count, day, purses, share
from darvoza.cli.doors import add_other_doors
from darvoza.cli.journal_arguments import add_journal
from darvoza.cli.key_arguments import add_key
from darvoza.cli.oversight_arguments import add_drift, add_frontier
from darvoza.cli.paper_arguments import add_paper, add_papers
from darvoza.cli.post_arguments import add_post
from darvoza.cli.practice_arguments import add_simulate
from darvoza.cli.profile_arguments import add_profile
from darvoza.cli.register_arguments import add_alerts, add_registers, hold_against_certificates, read_from_registers
from darvoza.cli.report_arguments import add_report
from darvoza.cli.sampling_arguments import add_sampling
from darvoza.domain.facts.fact import FactGroup
from darvoza.domain.selection import MONEY_POWER, ReasonScope

PROCESSES = (
    "carbonised", "cooked", "fermented", "malted", "pasteurised", "preserved", "pureed", "roasted", "sterilised",
    "chipped", "chopped", "crushed", "dried", "peeled", "polished", "handled", "frozen", "raw",
)  # fmt: skip
USES = ("planting", "consumption", "processing", "feed", "other")
ROLES = ("importer", "exporter", "declarant", "carrier")
REPLAYED = ("matches", "backtest", "facts", "table")
POLICIES = ("darvoza", "random", "profiles", "score")
FACT_GROUPS = tuple(group.value for group in FactGroup)


Commands: TypeAlias = "_SubParsersAction[ArgumentParser]"


def build_parser(doors: Iterable[EntryPoint] | None = None) -> ArgumentParser:
    """Make the parser of ``darvoza``, with the commands of other doors; of those that are installed by default."""
    parser = ArgumentParser(
        prog="darvoza",
        description="Risk management for borders: which consignments to check, how, by whom, and why.",
        epilog="Start with: darvoza demo --out demo",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"darvoza {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_assess, _learn, _explain, _again, _intake, _profile, _facts, _key, _simulate, _practice):
        add(commands)
    for add in (_model, _history, _backtest, _frontier, _drift, _replay, _trader, _sps, _journal, _post):
        add(commands)
    add_other_doors(commands, doors)
    add_report(_command(commands, "report", "Make the report of a run again with the results known now.", "report_run"))
    return parser


def _command(commands: Commands, name: str, words: str, module: str) -> ArgumentParser:
    """Add a command that is run by a module of this door."""
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(command_module=f"darvoza.cli.{module}")
    return parser


def _files(parser: ArgumentParser) -> None:
    """Add what every command that takes declarations needs."""
    kinds = "CSV, Parquet, NDJSON, Excel, XML or EDIFACT, as the mapping says"
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=kinds)
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    parser.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")


def _assess(commands: Commands) -> None:
    parser = _command(commands, "assess", "Decide which declarations to check, how, and why.", "assess")
    _files(parser)
    parser.add_argument("--profiles", type=Path, required=True, help="directory of risk profiles (YAML)")
    words = "what posts can do: a file (YAML, CSV), or examinations per declaration at each post"
    parser.add_argument("--capacity", type=capacity, required=True, help=words)
    parser.add_argument("--random", type=share, default=0.01, help="the random floor ε under every declaration")
    parser.add_argument("--dial", type=float, default=0.1, help="0 rank and cut … inf pure chance")
    words = "parts of severity, harm, money and probability in what the floors leave"
    parser.add_argument("--purses", type=purses, default=(0.10, 0.90, 0.0, 0.0), metavar="S,H,M,P", help=words)
    words = "how far money counts in the harm: 0 findings alone … 1 a finding more for each mean loss"
    parser.add_argument("--money-power", type=float, default=MONEY_POWER, metavar="M", help=words)
    words = "of which examinations by customs the reasons of the score are told"
    parser.add_argument("--reasons", choices=[*ReasonScope], type=ReasonScope, default=ReasonScope.SELECTED, help=words)
    parser.add_argument("--key-file", type=Path, help="key shares; a fresh key is made without it")
    parser.add_argument("--model", type=Path, help="directory that `darvoza learn` wrote, or a registry of models")
    parser.add_argument("--challenger", type=Path, help="a model that scores beside it and decides nothing")
    _competence(parser)
    read_from_registers(parser)
    hold_against_certificates(parser)
    _fact_settings(parser)
    words = "measures of the health services: a file (YAML) or a directory; may be given more than once"
    parser.add_argument("--measures", type=Path, action="append", default=[], metavar="PATH", help=words)
    parser.add_argument("--previous", type=Path, help="the run before: goods keep their draw, posts their pace")
    words = "what `trader standing` wrote; once for each role"
    parser.add_argument("--standing", type=Path, action="append", default=[], metavar="DIR", help=words)
    parser.add_argument("--plans", type=Path, metavar="FILE", help="sampling plans of the health services (YAML)")
    parser.add_argument("--plan-states", type=Path, metavar="DIR", help="what `sps states` wrote; without it all start")
    parser.add_argument("--quotas", type=Path, metavar="DIR", help="what `sps quotas` wrote: what is owed is brought")
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _learn(commands: Commands) -> None:
    parser = _command(commands, "learn", "Replay examined declarations in time order and fit a score.", "learn")
    _files(parser)
    _fact_settings(parser)
    parser.add_argument("--seed", type=int, default=0, help="seed of the fit")
    parser.add_argument("--until", type=day, help="results known on this day (UTC) or later are not learned from")
    parser.add_argument("--out", type=Path, required=True, help="model directory to write, must not exist")


def _model(commands: Commands) -> None:
    parser = commands.add_parser("model", help="Champion and challenger: compare, promote, take back.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    show = _command(inner, "show", "Tell which model is champion, and how it came to be.", "model_show")
    show.add_argument("directory", type=Path, metavar="REGISTRY", help="registry of models")
    show.add_argument("--head", metavar="HEAD", help="the head that was kept elsewhere: fail unless it stands in it")
    compare = _command(inner, "compare", "Compare champion and challenger on results.", "model_compare")
    compare.add_argument("run", nargs="+", type=Path, metavar="RUN", help="directory that `assess` wrote")
    compare.add_argument(
        "--results", nargs="+", type=Path, required=True, metavar="FILES", help="files with the outcomes"
    )
    compare.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    compare.add_argument("--capacity", type=share, default=0.10, help="share examined at which both are measured")
    compare.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")
    compare.add_argument("--out", type=Path, help="file for the comparison (JSON), the evidence of a promotion")
    promote = _command(inner, "promote", "Make a model champion, on the record.", "model_promote")
    promote.add_argument("model", type=Path, metavar="MODEL", help="directory that `darvoza learn` wrote")
    promote.add_argument("--evidence", type=Path, help="what `model compare --out` wrote")
    revert = _command(inner, "revert", "Make the champion before the present one champion again.", "model_promote")
    for each, name in ((promote, "promote"), (revert, "revert")):
        each.set_defaults(change=name)
        each.add_argument("--registry", type=Path, required=True, help="registry of models; made if there is none")
        each.add_argument("--by", required=True, help="who changes the champion")
        each.add_argument("--reason", required=True, help="why")
        each.add_argument("--at", type=_moment, help="when, such as 2026-03-01T09:00:00+00:00; now by default")


def _moment(text: str) -> datetime:
    """Read a moment with its offset from UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a moment such as 2026-03-01T09:00:00+00:00, got {text!r}") from problem
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"expected a moment with its offset from UTC, such as +00:00, got {text!r}")
    return moment


def _explain(commands: Commands) -> None:
    parser = _command(commands, "explain", "Tell one decision in words.", "explain")
    parser.add_argument("decision", metavar="DECISION_ID", help="decision or declaration identifier")
    parser.add_argument("--in", dest="directory", type=Path, required=True, help="directory that `assess` wrote")
    _language(parser)


def _language(parser: ArgumentParser) -> None:
    """Add the choice of the language of the words."""
    parser.add_argument("--language", choices=("en", "ru"), default="en", help="language of the words")


def _again(commands: Commands) -> None:
    add_again(lambda name, words, module: _command(commands, name, words, module))


def _intake(commands: Commands) -> None:
    parser = commands.add_parser("intake", help="Look at declarations before anything runs.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = _command(inner, "check", "Report what a file holds and what would be rejected.", "intake_check")
    _files(check)
    check.add_argument("--json", type=Path, metavar="FILE", help="write them as the interface takes them, one a line")


def _profile(commands: Commands) -> None:
    parser = commands.add_parser("profile", help="Work with risk profiles.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_profile(lambda name, words, module: _command(inner, name, words, module))


def _facts(commands: Commands) -> None:
    parser = _command(commands, "facts", "Print the catalogue of facts that a profile may speak of.", "facts")
    parser.add_argument("words", nargs="*", metavar="WORD", help="print only facts whose name or meaning holds each")
    parser.add_argument("--group", choices=FACT_GROUPS, metavar="GROUP", help=f"one of {', '.join(FACT_GROUPS)}")


def _key(commands: Commands) -> None:
    parser = commands.add_parser("key", help="Make and keep the key of the draw.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_key(lambda name, words, module: _command(inner, name, words, module))


def _simulate(commands: Commands) -> None:
    add_simulate(lambda name, words, module: _command(commands, name, words, module))


def _practice(commands: Commands) -> None:
    parser = _command(commands, "practice", "Assess, examine, learn, month after month, against the truth.", "practice")
    parser.add_argument("--months", type=count, default=12, help="months of trade")
    parser.add_argument("--per-month", type=count, default=4000, help="declarations a month")
    parser.add_argument("--capacity", type=share, default=0.10, help="examinations per declaration at each post")
    parser.add_argument("--random", type=share, default=0.01, help="the random floor ε under every declaration")
    parser.add_argument("--policy", choices=POLICIES, default="darvoza", help="what spends the capacity")
    parser.add_argument("--profiles", type=Path, default=Path("profiles"), help="directory of risk profiles")
    parser.add_argument("--seed", type=int, default=7, help="seed of the world and of the draws")
    parser.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")


def _history(commands: Commands) -> None:
    parser = _command(commands, "history", "Keep decided declarations with the facts of their day.", "history")
    _files(parser)
    _competence(parser)
    read_from_registers(parser)
    parser.add_argument("--keep-items", action="store_true", help="keep the goods items too, to replay their facts")
    _fact_settings(parser)
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _backtest(commands: Commands) -> None:
    parser = _command(commands, "backtest", "Try profiles on decided history before they are approved.", "backtest")
    parser.add_argument("profiles", type=Path, metavar="PROFILES", help="a profile, or a directory of them (YAML)")
    parser.add_argument("--history", type=Path, required=True, help="directory that `darvoza history` wrote")
    _trial(parser)
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _trial(parser: ArgumentParser | _ArgumentGroup) -> None:
    """Add what a back-test is asked."""
    parser.add_argument("--from", dest="start", type=day, help="first day of lodging; the first of the history")
    parser.add_argument("--to", dest="end", type=day, help="last day of lodging; the last of the history")
    parser.add_argument("--against", type=Path, help="directory of the profiles in force")
    parser.add_argument("--capacity", type=share, default=0.10, help="examinations per declaration at each post")
    parser.add_argument("--replace", metavar="CODE", help="a profile in force that the new one would replace")


def _frontier(commands: Commands) -> None:
    add_frontier(lambda name, words, module: _command(commands, name, words, module))


def _drift(commands: Commands) -> None:
    add_drift(lambda name, words, module: _command(commands, name, words, module))


def _replay(commands: Commands) -> None:
    words = "Decide profiles, try them, or work out facts over a whole history, on this machine or on Spark."
    parser = commands.add_parser("replay", help=words, description=words)
    parser.set_defaults(command_module="darvoza.warehouse.replay")  # a door of its own, loaded by name
    what = "matches and floors (the default); backtest; facts as then known; table for SQL, with folded texts"
    parser.add_argument("--what", choices=REPLAYED, default="matches", help=what)
    parser.add_argument("--engine", choices=("local", "spark"), default="local", help="what it runs on")
    where = "where Spark runs: local[N], yarn, spark://…, k8s://…; what spark-submit says, otherwise local[2]"
    parser.add_argument("--master", help=where)
    parser.add_argument("--partitions", type=count, help="parts of the work on Spark; what Spark says by default")
    parser.add_argument("--profiles", type=Path, help="risk profiles (YAML), for matches and backtest")
    parser.add_argument("--history", type=Path, required=True, help="directory that `darvoza history` wrote")
    _trial(parser.add_argument_group("for --what backtest alone"))
    parser.set_defaults(capacity=None)  # so that it is known whether it was given
    parser.add_argument("--competence", type=Path, help="register of competence (CSV), for facts; the one then used")
    read_from_registers(parser)
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _trader(commands: Commands) -> None:
    parser = commands.add_parser("trader", help="Differentiate those who trade, by published rules.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    standing = _command(inner, "standing", "Judge every trader by what was known before a day.", "trader_standing")
    _files(standing)
    standing.add_argument("--day", type=day, required=True, help="day of the judgement; nothing later is looked at")
    standing.add_argument("--role", choices=ROLES, default="importer", help="the part the traders play")
    standing.add_argument("--rules", type=Path, help="what makes a category (YAML); built-in rules otherwise")
    standing.add_argument("--operators", type=Path, help="register of authorised operators (CSV)")
    standing.add_argument("--register", type=Path, help="debts, addresses, telephones, directors of traders (CSV)")
    words = "what `assess` wrote; may be given more than once: of its declarations, only what it drew counts as drawn"
    standing.add_argument("--run", type=Path, action="append", default=[], metavar="RUN", help=words)
    standing.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")
    explain = _command(inner, "explain", "Tell a trader his standing and what would change it.", "trader_explain")
    explain.add_argument("trader", metavar="TRADER", help="identifier of the trader")
    explain.add_argument("--in", dest="directory", type=Path, required=True, help="what `trader standing` wrote")
    words = "name those who share an address, telephone or director, and how they stand; not for the trader"
    explain.add_argument("--links", action="store_true", help=words)
    _language(explain)
    words = "Measure whether authorised operators get the benefits they were granted."
    operators = _command(inner, "operators", words, "trader_operators")
    operators.add_argument("register", type=Path, metavar="REGISTER", help="register of authorised operators (CSV)")
    _files(operators)


def _sps(commands: Commands) -> None:
    parser = commands.add_parser("sps", help="Control of animals, plants and food.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    route = _command(inner, "route", "Tell which services control goods, in which category, and why.", "sps_route")
    route.add_argument("hs", metavar="HS", help="commodity code, 2 to 10 digits")
    route.add_argument("--process", choices=PROCESSES, help="how plant products are processed")
    route.add_argument("--use", choices=USES, help="what the goods are for")
    _competence(route)
    _language(route)
    measures = _command(inner, "measures", "Read measures: what they ask for, contradictions, expiry.", "sps_measures")
    measures.add_argument("file", type=Path, metavar="FILE", help="measures (YAML), or a directory of them")
    measures.add_argument("--day", type=day, help="name those past their last day or day of review on this day")
    _language(measures)
    notice = _command(inner, "notice", "Write the notice that a measure was introduced or ended.", "sps_notice")
    notice.add_argument("file", type=Path, metavar="FILE", help="measures (YAML), or a directory of them")
    notice.add_argument("code", metavar="CODE", help="code of the measure")
    add_paper(notice)
    _sps_certificate(inner)
    _over_the_year(inner)
    for add_all in (add_sampling, add_papers, add_registers):
        add_all(lambda name, words, module: _command(inner, name, words, module))
    alerts = inner.add_parser("alerts", help="Alerts of other services: take in, list, end.")
    those = alerts.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_alerts(lambda name, words, module: _command(those, name, words, module))


def _over_the_year(inner: Commands) -> None:
    """Add what is counted from earlier declarations and their results."""
    states = _command(inner, "states", "Tell where each trader's goods stand in the sampling plans.", "sps_states")
    _files(states)
    states.add_argument("--plans", type=Path, required=True, help="sampling plans (YAML)")
    states.add_argument("--day", type=day, required=True, help="day on which the states are asked for")
    words = "results that name service and act (CSV), as `sps hazards` takes them; may be given more than once"
    states.add_argument("--results", type=Path, action="append", default=[], metavar="FILE", help=words)
    words = (
        "whose the outcomes beside goods items are, such as phytosanitary:physical; without it they count for no plan"
    )
    states.add_argument("--outcomes-of", metavar="SERVICE:ACT", help=words)
    _fact_settings(states)
    _competence(states)
    states.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")
    quotas = _command(inner, "quotas", "Count where every least share of the year stands.", "sps_quotas")
    _files(quotas)
    words = "measures, some with `yearly`: a file (YAML) or a directory; may be given more than once"
    quotas.add_argument("--measures", type=Path, action="append", required=True, metavar="PATH", help=words)
    words = "results that name agency and act (CSV), which alone count; may be given more than once"
    quotas.add_argument("--results", type=Path, action="append", default=[], metavar="FILE", help=words)
    quotas.add_argument("--day", type=day, required=True, help="what came on this day or later is not counted")
    _fact_settings(quotas)
    _competence(quotas)
    quotas.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _journal(commands: Commands) -> None:
    parser = commands.add_parser("journal", help="Check, sign and prove what was written down.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_journal(lambda name, words, module: _command(inner, name, words, module))


def _post(commands: Commands) -> None:
    parser = commands.add_parser("post", help="Decide at a post without a line.")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_post(lambda name, words, module: _command(inner, name, words, module))


def _sps_certificate(commands: Commands) -> None:
    words = "Hold an electronic phytosanitary certificate against what was declared."
    parser = _command(commands, "certificate", words, "sps_certificate")
    parser.add_argument("file", type=Path, metavar="FILE", help="certificate (ePhyto, UN/CEFACT XML)")
    parser.add_argument("--hs", required=True, help="commodity code declared")
    parser.add_argument("--origin", required=True, help="country of origin declared")
    parser.add_argument("--net-mass", type=amount, help="net mass declared, kg; unknown where not given")
    parser.add_argument("--dispatched", type=day, help="day of dispatch")
    parser.add_argument("--country", help="country of the post; unknown where not given")
    parser.add_argument("--statement", action="append", default=[], help="code or whole text of a required statement")
    words = "what is set about certificates: how old they may be, tolerance … (YAML)"
    parser.add_argument("--matching-settings", type=Path, metavar="FILE", help=words)
    parser.add_argument("--used", action="append", default=[], help="number of a certificate used before")
    parser.add_argument("--day", type=day, required=True, help="day of the check")


def _fact_settings(parser: ArgumentParser) -> None:
    """Add the settings of facts."""
    parser.add_argument("--facts", type=Path, help="how facts are made: half-life, local time, limits … (YAML)")


def _competence(parser: ArgumentParser) -> None:
    """Add the register that says which service is competent for which goods."""
    parser.add_argument("--competence", type=Path, help="register of competence (CSV); the shipped one otherwise")
