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
EVENT_NETWORKS: Final = "DARVOZA_EVENT_NETWORKS"
DEMO: Final = "DARVOZA_DEMO"
METRICS_TOKEN: Final = "DARVOZA_METRICS_TOKEN"  # noqa: S105 - a name
HISTORY: Final = "DARVOZA_HISTORY"
CURRENCY: Final = "DARVOZA_CURRENCY"
TIME_ZONE: Final = "DARVOZA_TIME_ZONE"
OIDC_ISSUER: Final = "DARVOZA_OIDC_ISSUER"
OIDC_CLIENT_ID: Final = "DARVOZA_OIDC_CLIENT_ID"
OIDC_SECRET: Final = "DARVOZA_OIDC_SECRET"  # noqa: S105 - a name
OIDC_SECRET_FILE: Final = "DARVOZA_OIDC_SECRET_FILE"  # noqa: S105 - a name
OIDC_NAME: Final = "DARVOZA_OIDC_NAME"
OIDC_CLAIM: Final = "DARVOZA_OIDC_CLAIM"
OIDC_SECOND_FACTOR: Final = "DARVOZA_OIDC_SECOND_FACTOR"

OIDC: Final = (
    OIDC_ISSUER,
    OIDC_CLIENT_ID,
    OIDC_SECRET,
    OIDC_SECRET_FILE,
    OIDC_NAME,
    OIDC_CLAIM,
    OIDC_SECOND_FACTOR,
)
"""Variables of the service that people sign in with; where one is set, it has to be named."""

VARIABLES: Final = (
    Variable(HOME, "directory of the office: database, secret, photos", "`office`"),
    Variable(DATABASE, "`postgresql://USER:PASSWORD@HOST:PORT/NAME`", "SQLite in the home"),
    Variable(
        SECRET, "what sessions and forms are signed with, at least 40 characters", "the file `secret` in the home"
    ),
    Variable(
        HOSTS,
        "names under which browsers ask for it, such as `darvoza.customs.example`, without `https://` and port; `*`, every name, is warned of",
        "this machine only",
    ),
    Variable(
        PROXIES,
        "addresses or networks of the proxies in front, such as `127.0.0.1 10.20.0.0/24`: of them, and of nobody else, "
        "`X-Forwarded-For` is believed, so that sign-ins are counted for each browser",
        "nobody is believed: sign-ins are counted for whoever connects, which behind a proxy is the proxy",
    ),
    Variable(
        EVENT_NETWORKS,
        "networks of yours, not open to the world, that [events](../how-to/connect-a-system.md#have-events-delivered) may be sent to, "
        "such as `10.20.0.0/16`",
        "events are sent to public addresses only",
    ),
    Variable(
        DEMO,
        "`1` for a practice office: no HTTPS, no second factor; nothing else is taken",
        "the mark of a demo in the home",
    ),
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
    Variable(
        CURRENCY,
        "currency of customs values, duties and taxes, by ISO 4217, such as `KGS`; pages, acts and exports name it",
        "amounts stand without one",
    ),
    Variable(
        TIME_ZONE,
        "the time zone of people, such as `Asia/Bishkek`: pages and papers tell moments by it, what is typed is read by it, and the "
        "days of rosters and of putting profiles in force are its days. What is decided of a declaration goes by `time_zone` of "
        "[how facts are made](../how-to/set-how-facts-are-made.md), where the state in force names one: say the same in both",
        "`Asia/Tashkent`",
    ),
    Variable(
        OIDC_ISSUER,
        "address of the service that people [sign in with](../how-to/sign-in-with-your-own-service.md), just as its tokens say "
        "`iss`; HTTPS",
        "people sign in with a password of the office only",
    ),
    Variable(OIDC_CLIENT_ID, "what the office is called at that service", "needed where there is a service"),
    Variable(OIDC_SECRET, "the secret of the office at that service", "the file that the next variable names"),
    Variable(OIDC_SECRET_FILE, "a file that holds this secret and nothing else", "the variable before"),
    Variable(OIDC_NAME, "what people call the service; stands on the button", "the host of its address"),
    Variable(
        OIDC_CLAIM,
        "the claim that carries the user name of the office, which people must not be able to change there; `email` counts only "
        "when the service says that it was verified",
        "`preferred_username`",
    ),
    Variable(
        OIDC_SECOND_FACTOR,
        "values of `amr` or `acr` that stand for a second factor, such as `otp hwk`; whoever signs in with one is not asked for "
        "the second factor of the office",
        "roles that need a second factor are asked for that of the office",
    ),
)
