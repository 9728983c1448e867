"""What the surroundings say about this office, typed and checked: where it keeps its data, its secret, its names."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from darvoza.domain.code_lists import CURRENCIES
from darvoza.errors import SettingsError
from darvoza.office.owners import whose
from darvoza.office.provider import Provider, read_provider
from darvoza.office.variables import (
    CURRENCY,
    DATABASE,
    DEMO,
    EVENT_NETWORKS,
    HISTORY,
    HOME,
    HOSTS,
    METRICS_TOKEN,
    PROXIES,
    SECRET,
    TIME_ZONE,
    VARIABLES,
)

Network = IPv4Network | IPv6Network

DEMO_MARK, SECRET_FILE, DATABASE_FILE = "THIS-IS-A-DEMO", "secret", "office.sqlite3"
METRICS_TOKEN_FILE = "metrics-token"  # noqa: S105 - the name of a file
HISTORY_DIRECTORY = "history"
USUAL_ZONE = "Asia/Tashkent"
LOCAL = ("127.0.0.1", "localhost", "[::1]")
SHORTEST_SECRET = 40
"""Characters; what `darvoza office first-run` writes has more."""

ANYBODY = "*"
ALIKE = 0.65
"""How alike a name must be to one that is read, to be taken for it misspelt."""

PREFIX = "DARVOZA_"
_NAME = re.compile(r"\*|\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\]")

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
"""FULL, because NORMAL loses acknowledged work when the power goes."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an office was told by its surroundings.

    Attributes
    ----------
    home
        Directory of its own files: the embedded database, the secret, the mark of a demo.
    database
        A PostgreSQL address, or empty for the embedded SQLite file in `home`.
    secret
        What sessions and forms are signed with; empty when none was made yet. There is no default.
    hosts
        Names under which browsers may ask for it.
    demo
        Whether everything in it is simulated: no HTTPS, no second factor.
    metrics_token
        What a monitoring system must show to read the metrics; empty when nobody may.
    history
        The decided history that profiles are tried on, as ``darvoza history`` wrote it; ``history`` in `home` where
        nothing else is said. It need not exist.
    proxies
        Networks of the proxies in front, which are believed when they tell whom they ask for.
    provider
        The service that people may sign in with; none where a password of the office is the only way.
    event_networks
        Networks that are not open to the world and that events may be sent to nevertheless.
    currency
        Currency of customs values, duties and taxes, by ISO 4217; empty where it is not told.
    time_zone
        By which clock pages and papers tell moments, by its name of the IANA database.
    """

    home: Path
    database: str
    secret: str
    hosts: tuple[str, ...]
    demo: bool
    metrics_token: str = ""
    history: Path = Path(HISTORY_DIRECTORY)
    proxies: tuple[Network, ...] = ()
    provider: Provider | None = None
    event_networks: tuple[Network, ...] = ()
    currency: str = ""
    time_zone: str = USUAL_ZONE

    @property
    def secure(self) -> bool:
        """Whether browsers must come by HTTPS: always, but in a demo."""
        return not self.demo


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read the environment of an office.

    Raises
    ------
    SettingsError
        When a variable is misspelt, the address of the database is of an unknown kind, the secret is too short or cannot be
        read, a host is no name, a proxy or a network for events is no address, a currency is none, a time zone is not known, or the
        service that people sign in with is told by half.

    Examples
    --------
    >>> read_environment({"DARVOZA_HOME": "/nowhere"}).hosts
    ('127.0.0.1', 'localhost', '[::1]')
    """
    _refuse_misspelt(variables)
    home = Path(variables.get(HOME, "office"))
    secret = _secret(variables, SECRET, home / SECRET_FILE, "make one with: darvoza office first-run")
    token = _secret(variables, METRICS_TOKEN, home / METRICS_TOKEN_FILE, "take 40 or more random characters")
    database = variables.get(DATABASE, "")
    database_settings(database, home)
    hosts = tuple(map(_host, _words(variables, HOSTS))) or LOCAL
    demo = _is_demo(variables) or os.path.exists(home / DEMO_MARK)  # noqa: PTH110 - false where the home is closed to us
    history = Path(variables[HISTORY]) if variables.get(HISTORY) else home / HISTORY_DIRECTORY
    proxies = tuple(_network(word) for word in _words(variables, PROXIES))
    events = tuple(_network_for_events(word) for word in _words(variables, EVENT_NETWORKS))
    zone = _zone(variables.get(TIME_ZONE, "").strip() or USUAL_ZONE)
    told = read_provider(variables), events, _currency(variables), zone
    return Environment(home, database, secret, hosts, demo, token, history, proxies, *told)


def _currency(variables: Mapping[str, str]) -> str:
    """Read the currency of amounts."""
    told = variables.get(CURRENCY, "").strip()
    if told and told not in CURRENCIES:
        raise SettingsError(field=CURRENCY, expected="a currency of ISO 4217, such as KGS", got=told)
    return told


def _words(variables: Mapping[str, str], name: str) -> list[str]:
    """Give what a variable lists, by spaces or commas."""
    return variables.get(name, "").replace(",", " ").split()


def unknown_variables(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Name the variables that look like ours and that nobody reads."""
    known = {each.name for each in VARIABLES}
    return tuple(sorted(name for name in variables if name.startswith(PREFIX) and name not in known))


def _refuse_misspelt(variables: Mapping[str, str]) -> None:
    """See that no variable was meant for one that is read."""
    known = [each.name.removeprefix(PREFIX) for each in VARIABLES]
    for name in unknown_variables(variables):
        if near := get_close_matches(name.removeprefix(PREFIX), known, 1, ALIKE):
            hint = f"is it {PREFIX}{near[0]}? Take it away, or give it its name"
            raise SettingsError(field=name, expected="a variable that is read", got="one that nobody reads", hint=hint)


def _is_demo(variables: Mapping[str, str]) -> bool:
    """Tell whether the office is for practice."""
    told = variables.get(DEMO, "")
    if told not in {"", "0", "1"}:
        raise SettingsError(field=DEMO, expected="1 for a practice office, or nothing", got=told)
    return told == "1"


def _host(word: str) -> str:
    """Read a name that browsers ask by; a star stands for every name."""
    if not _NAME.fullmatch(word):
        expected = "names such as darvoza.customs.example, without https://, port or path"
        raise SettingsError(field=HOSTS, expected=expected, got=word)
    return word


def _network(word: str) -> Network:
    """Read the address of a proxy, or the network that proxies are in; everybody's is none."""
    expected = "addresses or networks of your proxies, such as 127.0.0.1 or 10.20.0.0/24"
    try:
        network = ip_network(word)
    except ValueError as problem:
        raise SettingsError(field=PROXIES, expected=expected, got=word, hint=str(problem)) from problem
    if network.prefixlen == 0:
        raise SettingsError(field=PROXIES, expected=expected, got=word, hint="that is everybody, who could then lie")
    return network


def _network_for_events(word: str) -> Network:
    """Read a network that events may be sent to."""
    try:
        return ip_network(word)
    except ValueError as problem:
        expected = "addresses or networks of yours, such as 10.20.0.0/16"
        raise SettingsError(field=EVENT_NETWORKS, expected=expected, got=word, hint=str(problem)) from problem


def _zone(name: str) -> str:
    """Read the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        near = get_close_matches(name, available_timezones(), 1)
        hint = f"did you mean {near[0]}?" if near else ""
        expected = "a time zone such as Asia/Bishkek"
        raise SettingsError(field=TIME_ZONE, expected=expected, got=name, hint=hint) from problem
    return name


def _secret(variables: Mapping[str, str], name: str, file: Path, hint: str) -> str:
    """Give a secret out of the environment or a file; nothing when there is none."""
    secret = variables.get(name, "") or _told_by(file)
    if secret and len(secret) < SHORTEST_SECRET:
        expected = f"at least {SHORTEST_SECRET} characters"
        raise SettingsError(field=name, expected=expected, got=f"{len(secret)} characters", hint=hint)
    return secret


def _told_by(file: Path) -> str:
    """Give what a file of the home holds; nothing when there is none."""
    try:
        return file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    except OSError as problem:
        hint = f"it is {whose(file)}: run as its owner, or hand it over: chown"
        raise SettingsError(
            field=str(file), expected="a file that this user can read", got=problem.strerror, hint=hint
        ) from problem
    except UnicodeDecodeError as problem:
        raise SettingsError(field=str(file), expected="letters in UTF-8", got="other bytes") from problem


def database_settings(address: str, home: Path) -> dict[str, Any]:
    """Give the settings of the database as Django takes them.

    Raises
    ------
    SettingsError
        When the address does not begin with ``postgresql://``, names no database, or its port is no number.

    Examples
    --------
    >>> database_settings("postgresql://gate:p%40ss@db.example:5433/office", Path("."))["PASSWORD"]
    'p@ss'
    """
    if not address:
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": PRAGMAS}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / DATABASE_FILE),
            "OPTIONS": options,
            "CONN_MAX_AGE": 60,
        }
    parts, port = _address(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # no request fails by a connection that was lost since the last
    }


def _address(address: str) -> tuple[SplitResult, str]:
    """Take the address of a database apart, its port checked; no error tells any of it, for a password stands in it."""
    try:
        parts = urlsplit(address)
        port = str(parts.port or "")
    except ValueError:
        raise _no_address("a PORT that is no number, or signs in the password that are not written as %23") from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise _no_address(f"an address of the kind {parts.scheme}")
    if not parts.path.strip("/"):
        raise _no_address("no NAME of a database")
    return parts, port


def _no_address(got: str) -> SettingsError:
    expected = "postgresql://USER:PASSWORD@HOST:PORT/NAME, or nothing for SQLite"
    return SettingsError(field=DATABASE, expected=expected, got=got)
