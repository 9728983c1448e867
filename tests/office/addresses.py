"""Every address of the office with whom it admits: written apart from the code, so that a change of rights shows here.

An address that is missing here fails the walk. `GET` is asked of each; what takes only forms leads whoever may use it to
the page above. Addresses of allauth redirect in their own ways, so only strangers and refusals are looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from darvoza.office.accounts.roles import Role

EVERYBODY: Final = frozenset(Role)
ADMITTED: Final = frozenset({200, 302, 405})


@dataclass(frozen=True, slots=True)
class Address:
    """Whom an address admits.

    Attributes
    ----------
    roles
        Roles that are admitted; the others are refused with 403.
    public
        Whether strangers are admitted too.
    token
        Whether a token is asked for, and who is signed in counts for nothing.
    absent
        Whether there is nothing there in the sample, so that those admitted are answered with 404.
    named
        Values for the named parts of the address, by name; texts of the sample in ``tests/office``.
    """

    roles: frozenset[Role] = EVERYBODY
    public: bool = False
    token: bool = False
    absent: bool = False
    named: Mapping[str, object] = field(default_factory=dict)


_SIGNED_IN: Final = Address()
_EXAMINE_OR_KNOW: Final = EVERYBODY - {Role.ADMINISTRATOR}
_EXAMINE: Final = frozenset({Role.LINE_OFFICER})
_QUEUE: Final = _EXAMINE | {Role.SUPERVISOR}
_MANAGE: Final = frozenset({Role.ADMINISTRATOR})
_ORDER: Final = {"order_id": "KG-AKT-000001:customs:physical"}
_PROFILES: Final = frozenset({Role.ANALYST, Role.APPROVER, Role.AUDITOR})
_DRAFT: Final = frozenset({Role.ANALYST})
_APPROVE: Final = frozenset({Role.APPROVER})
_VERSION: Final = {"code": "CUS-VAL-900", "number": 1}
_LIST: Final = {"kind": "list", "name": "debtors"}
_OPEN: Final = Address(public=True)
_TOKEN: Final = Address(token=True)
_FIGURES: Final = frozenset({Role.SUPERVISOR, Role.ANALYST, Role.APPROVER, Role.CHIEF, Role.AUDITOR})
_KNOW: Final = _FIGURES - {Role.SUPERVISOR}

_DECLARED: Final = {"declaration_id": "KG-AKT-000001"}

ADDRESSES: Final[Mapping[str, Address]] = {
    "home": _SIGNED_IN,
    "language": _OPEN,
    "account_login": _OPEN,
    "account_provider": _OPEN,
    "account_provider_return": _OPEN,
    "account_logout": _OPEN,
    "account_inactive": _OPEN,
    "account_reauthenticate": _SIGNED_IN,
    "account_change_password": _SIGNED_IN,
    "mfa_index": _SIGNED_IN,
    "mfa_authenticate": _OPEN,
    "mfa_reauthenticate": _SIGNED_IN,
    "mfa_activate_totp": _SIGNED_IN,
    "mfa_deactivate_totp": _SIGNED_IN,
    "mfa_view_recovery_codes": _SIGNED_IN,
    "mfa_generate_recovery_codes": _SIGNED_IN,
    "mfa_download_recovery_codes": _SIGNED_IN,
    "operations:live": _OPEN,
    "operations:ready": _OPEN,
    "operations:metrics": _TOKEN,
    "desk:queue": Address(_QUEUE),
    "desk:blank": Address(_QUEUE),
    "desk:refer": Address(_EXAMINE, named={"declaration_id": "KG-AKT-000001"}),
    "desk:order": Address(_QUEUE, named=_ORDER),
    "desk:claim": Address(_EXAMINE, named=_ORDER),
    "desk:give_back": Address(_EXAMINE, named=_ORDER),
    "desk:result": Address(_EXAMINE, named=_ORDER),
    "desk:correct": Address(_EXAMINE, named=_ORDER, absent=True),
    "desk:act": Address(_QUEUE, named=_ORDER, absent=True),
    "desk:act_of": Address(_QUEUE, named={**_ORDER, "number": 1}, absent=True),
    "desk:photos": Address(_EXAMINE, named=_ORDER),
    "desk:photo": Address(_QUEUE, named={**_ORDER, "number": 1}, absent=True),
    "desk:small": Address(_QUEUE, named={**_ORDER, "number": 1}, absent=True),
    "desk:draft": Address(_EXAMINE, named=_ORDER),
    "desk:depart": Address(_QUEUE, named=_ORDER),
    "desk:settle": Address(frozenset({Role.SUPERVISOR}), named=_ORDER),
    **{
        f"post:{name}": Address(frozenset({Role.SUPERVISOR}))
        for name in ("today", "roster", "assign", "late", "overrides")
    },
    **{f"comparisons:{name}": Address(_KNOW) for name in ("compared", "export")},
    "returns:differences": Address(frozenset({Role.SUPERVISOR, Role.CHIEF, Role.AUDITOR})),
    "post:take_back": Address(frozenset({Role.SUPERVISOR}), named=_ORDER),
    **{f"administration:{name}": Address(_MANAGE) for name in ("people", "enter", "places", "data")},
    **{
        f"administration:{name}": Address(_MANAGE, named={"username": "asel"})
        for name in ("person", "close", "reopen", "password", "second_factor", "sessions")
    },
    "administration:reference": Address(_MANAGE | {Role.AUDITOR}),
    "administration:data_life": Address(_MANAGE | {Role.AUDITOR}, named=_LIST, absent=True),
    "administration:data_content": Address(_MANAGE | {Role.AUDITOR}, named={"kind": "list", "number": 1}, absent=True),
    "administration:data_version": Address(_MANAGE | {Role.AUDITOR}, named={"number": 1}, absent=True),
    "administration:offer": Address(_MANAGE, named={"kind": "list"}),
    "administration:data_act": Address(_MANAGE, named={"number": 1}),
    "administration:data_answer": Address(_MANAGE, named={"number": 1}),
    "administration:data_back": Address(_MANAGE, named=_LIST),
    "registry:declarations": Address(_EXAMINE_OR_KNOW),
    "registry:declaration": Address(_EXAMINE_OR_KNOW, named={"declaration_id": "KG-AKT-000001"}),
    "insight:figures": Address(_FIGURES),
    "insight:again": Address(_FIGURES),
    "insight:cases": Address(_FIGURES),
    "insight:posts": Address(_FIGURES),
    "insight:frontier": Address(_FIGURES),
    "insight:score": Address(_KNOW),
    "insight:selection": _OPEN,
    "insight:draws": Address(frozenset({Role.AUDITOR})),
    "insight:verified": Address(frozenset({Role.AUDITOR})),
    "insight:replay": Address(frozenset({Role.AUDITOR}), named={"declaration_id": "KG-AKT-000001"}),
    "insight:export": Address(_FIGURES),
    "profiles:library": Address(_PROFILES),
    "profiles:figures": Address(_DRAFT),
    "profiles:search": Address(_PROFILES),
    "profiles:keep": Address(_DRAFT),
    "profiles:backtest": Address(_DRAFT, named=_VERSION),
    "profiles:shadow": Address(_DRAFT, named=_VERSION),
    "profiles:new": Address(_DRAFT),
    "profiles:check": Address(_DRAFT),
    "profiles:edit": Address(_DRAFT, named=_VERSION),
    "profiles:life": Address(_PROFILES, named={"code": "CUS-VAL-900"}),
    "profiles:roll_back": Address(_APPROVE, named={"code": "CUS-VAL-900"}),
    "profiles:call_off": Address(_APPROVE, named={"code": "CUS-VAL-900"}),
    "profiles:version": Address(_PROFILES, named=_VERSION),
    "profiles:begin": Address(_DRAFT, named=_VERSION),
    "profiles:submit": Address(_DRAFT, named=_VERSION),
    "profiles:take_back": Address(_DRAFT, named=_VERSION),
    "profiles:discard": Address(_DRAFT, named=_VERSION),
    "profiles:answer": Address(_APPROVE, named=_VERSION),
    "journal:entries": Address(frozenset({Role.AUDITOR})),
    "journal:export": Address(frozenset({Role.AUDITOR})),
    "journal:verified": Address(frozenset({Role.AUDITOR})),
    "api:openapi": _TOKEN,
    "api:lodge": _TOKEN,
    "api:stream": _TOKEN,
    "api:decision": Address(token=True, named=_DECLARED),
    "api:amend": Address(token=True, named=_DECLARED),
    "api:cancel": Address(token=True, named=_DECLARED),
    "api:arrival": Address(token=True, named=_DECLARED),
    "api:explanation": Address(token=True, named=_DECLARED),
    "api:evidence": Address(token=True, named=_DECLARED),
    "api:release": Address(token=True, named=_DECLARED),
    "api:cusres": Address(token=True, named=_DECLARED),
    "api:compare": _TOKEN,
    "api:compared": _TOKEN,
    "api:compared-each": _TOKEN,
    "api:orders": _TOKEN,
    "api:order": Address(token=True, named=_ORDER),
    "api:findings": Address(token=True, named=_ORDER),
    "api:profiles": _TOKEN,
    "api:submit": _TOKEN,
    "api:measures": _TOKEN,
    "api:lists": _TOKEN,
    "api:screening": _TOKEN,
    "api:gate": _TOKEN,
    "api:subscribe": _TOKEN,
    "api:subscriptions": _TOKEN,
    "api:unsubscribe": Address(token=True, named={"number": 1}),
    "api:deliveries": _TOKEN,
    "api:replay-all": Address(token=True, named={"number": 1}),
    "api:replay": Address(token=True, named={"number": 1}),
}
