"""``darvoza doctor``: look at an office from outside; say what is wrong and what to do."""

import os
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime

from darvoza.errors import ProviderError
from darvoza.office.accounts.provider.asking import describe
from darvoza.office.accounts.provider.line import ask
from darvoza.office.commands.starting import start
from darvoza.office.environment import ANYBODY, DATABASE_FILE, LOCAL, Environment, unknown_variables
from darvoza.office.operations.probes import Finding, Health, together, worst
from darvoza.office.provider import Provider

LATEST = 1_000
"""Declarations taken in last that are held against the journal; all where the whole journal is looked at."""


def run(options: Namespace) -> int:
    """Print what was found, the worst last; 0 when nothing failed, 1 otherwise."""
    environment = start(options, secret=False, tables=False)
    findings = sorted(_findings(environment, options), key=lambda finding: list(Health).index(finding.health))
    for finding in together(findings):
        print(finding)
    worse = worst(findings)
    print(
        {Health.WELL: "all is well", Health.WARNING: "it works, with warnings"}.get(
            worse, "it does not work as it should"
        )
    )
    return 1 if worse is Health.FAILED else 0


def _findings(environment: Environment, options: Namespace) -> Iterator[Finding]:
    """Look at settings, files, database, journal, disk and clock."""
    from darvoza.office.operations import queries  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.operations.register_probe import register  # noqa: PLC0415
    from darvoza.office.operations.services import heads, rounds  # noqa: PLC0415

    now = datetime.now(UTC)
    yield from _settings(environment)
    yield from queries.guarded_files(environment.home, environment.home / "gate.yaml")
    if not environment.database and not (environment.home / DATABASE_FILE).exists():
        remedy = f"make the office: darvoza office first-run --home {environment.home}"
        yield Finding("database", Health.FAILED, f"no {DATABASE_FILE} in {environment.home}", remedy)
        yield queries.room(environment.home)
        return
    # who decides is another process: what stands in its memory is not known here, so the files are read
    yield from (each for each in queries.readiness(environment.home, now) if each.probe != "gate")
    yield from queries.looked([("durability", queries.durable), ("clock", lambda: queries.clock(now))])
    beside = [
        ("worker", lambda: rounds.worker(now)),
        ("deliveries", lambda: rounds.deliveries(now)),
        ("tokens", rounds.tokens),
        ("heads", lambda: heads.heads(environment.home, now)),
    ]
    yield from queries.looked([("key", lambda: queries.keys_around(now)), *beside, ("photos", queries.photos)])
    yield from queries.looked([("gate", lambda: queries.whole_gate(environment.home / "gate.yaml"))])
    if options.journal:
        yield from queries.looked([("journal", queries.whole_journal), ("register", register)])
    else:
        yield from queries.looked([("register", lambda: register(LATEST))])


def _settings(environment: Environment) -> Iterator[Finding]:
    """Look at what the surroundings say."""
    if environment.secret:
        yield Finding("secret", Health.WELL, "there is one")
    else:
        remedy = f"make one with: darvoza office first-run --home {environment.home}"
        yield Finding("secret", Health.FAILED, "none: nobody can sign in", remedy)
    if environment.demo:
        yield Finding("settings", Health.WARNING, "a practice office: no HTTPS, no second factor", "never in earnest")
    elif environment.hosts == LOCAL:
        yield Finding("settings", Health.WARNING, "browsers may only ask on this machine", "set DARVOZA_HOSTS")
    elif ANYBODY in environment.hosts:
        yield Finding(
            "settings", Health.WARNING, "browsers may ask by any name", "name them in DARVOZA_HOSTS instead of *"
        )
    for name in unknown_variables(os.environ):
        yield Finding(
            "settings", Health.WARNING, f"{name}: nobody reads this variable", "look in docs/reference/settings.md"
        )
    yield _proxies(environment)
    if environment.provider is not None:
        yield _provider(environment.provider)
    if not environment.metrics_token:
        remedy = "put 40 random characters into the file metrics-token of the home"
        yield Finding("settings", Health.WARNING, "no token: metrics are told to nobody", remedy)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding("settings", Health.WARNING, "it runs as root", "run it as a user of its own")


def _proxies(environment: Environment) -> Finding:
    """Tell whose addresses sign-ins are counted for."""
    if environment.proxies:
        named = ", ".join(map(str, environment.proxies))
        return Finding("proxies", Health.WELL, f"sign-ins are counted for each browser, as told by {named}")
    if environment.demo:
        return Finding("proxies", Health.WELL, "none: sign-ins are counted for whoever connects")
    told = "none: of all who come through a proxy, 30 sign-ins in a minute are taken together"
    remedy = "set DARVOZA_PROXIES to its address, and let it write X-Forwarded-For"
    return Finding("proxies", Health.WARNING, told, remedy)


def _provider(provider: Provider) -> Finding:
    """Ask the service that people sign in with."""
    try:
        describe(provider, ask)
    except ProviderError as problem:
        remedy = "people sign in with passwords of the office meanwhile; mend the line, or DARVOZA_OIDC_ISSUER"
        return Finding("sign-in", Health.FAILED, str(problem), remedy)
    return Finding("sign-in", Health.WELL, f"{provider.name} answers")
