"""Every variable of the environment that an office reads, with what it means; the reference page is made out of it."""

from typing import Final, NamedTuple


class Variable(NamedTuple):
    """One variable: its name, what it means, and what holds where it is not set."""

    name: str
    meaning: str
    otherwise: str


HOME: Final = "DARVOZA_HOME"
DATABASE: Final = "DARVOZA_DATABASE"
SECRET: Final = "DARVOZA_SECRET"  # noqa: S105 - a name
HOSTS: Final = "DARVOZA_HOSTS"
PROXIES: Final = "DARVOZA_PROXIES"
DEMO: Final = "DARVOZA_DEMO"
METRICS_TOKEN: Final = "DARVOZA_METRICS_TOKEN"  # noqa: S105 - a name
HISTORY: Final = "DARVOZA_HISTORY"

VARIABLES: Final = (
    Variable(HOME, "directory of the office: database, secret, photos", "`office`"),
    Variable(DATABASE, "`postgresql://USER:PASSWORD@HOST:PORT/NAME`", "SQLite in the home"),
    Variable(
        SECRET, "what sessions and forms are signed with, at least 40 characters", "the file `secret` in the home"
    ),
    Variable(HOSTS, "names under which browsers ask for it", "this machine only"),
    Variable(
        PROXIES,
        "addresses or networks of the proxies in front, such as `127.0.0.1 10.20.0.0/24`: of them, and of nobody else, "
        "`X-Forwarded-For` is believed, so that sign-ins are counted for each browser",
        "nobody is believed: sign-ins are counted for whoever connects, which behind a proxy is the proxy",
    ),
    Variable(DEMO, "`1` for a practice office: no HTTPS, no second factor", "the mark of a demo in the home"),
    Variable(
        METRICS_TOKEN,
        "what a monitoring system must show, at least 40 characters",
        "the file `metrics-token` in the home; without it nobody reads the metrics",
    ),
    Variable(
        HISTORY,
        "the history that profiles are tried on, as `darvoza history` wrote it",
        "`history` in the home",
    ),
)
