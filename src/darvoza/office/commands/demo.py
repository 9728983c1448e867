"""``darvoza office demo``: an office to practise in, filled with a run, one person per role."""

import os
import secrets
from argparse import Namespace

from darvoza.domain.codes import Agency
from darvoza.errors import OutputError
from darvoza.office.commands.figures import make_figures
from darvoza.office.commands.load import take_in_run
from darvoza.office.commands.profiles import take_in_profiles
from darvoza.office.commands.report import take_in_reports
from darvoza.office.commands.starting import start, write_alone
from darvoza.office.environment import DATABASE_FILE, DEMO_MARK, SECRET_FILE, read_environment
from darvoza.office.variables import DATABASE, HOME


def run(options: Namespace) -> int:
    """Make the office, fill it, print who can sign in; the passwords are random and told once."""
    home = options.home or read_environment({}).home
    if (home / DATABASE_FILE).exists():
        raise OutputError(field=HOME, expected="a directory without an office", got=str(home), hint="choose another")
    if read_environment({**os.environ, HOME: str(home)}).database:  # before anything of an office in earnest is marked
        raise OutputError(field=DATABASE, expected="no database for a demo but its own", got="an address")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / DEMO_MARK).exists():
        write_alone(home / DEMO_MARK, "Everything in this office is simulated and may be removed.\n")
    if not (home / SECRET_FILE).exists():
        write_alone(home / SECRET_FILE, secrets.token_urlsafe(64))
    start(options, tables=False)
    from darvoza.office.operations.upgrading import upgrade  # noqa: PLC0415 - Django comes first

    upgrade()
    take_in_run(options)
    make_figures()
    take_in_reports(options.reports)
    if options.profiles:
        take_in_profiles(options.profiles)
    _enter_people()
    print(f"serve it  darvoza serve --home {home}   then open http://127.0.0.1:8000/")
    return 0


def _enter_people() -> None:
    """Enter one person per role, at the post with most orders."""
    from darvoza.office.accounts.roles import Role  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.accounts.services.people import NewPerson, enter_all  # noqa: PLC0415
    from darvoza.office.registry.queries import busiest_post  # noqa: PLC0415

    post, other = busiest_post(Agency.CUSTOMS), busiest_post(Agency.PHYTOSANITARY)
    people = [
        NewPerson("officer", "Asel, line officer", (Role.LINE_OFFICER,), Agency.CUSTOMS, post),
        NewPerson("colleague", "Bakyt, line officer", (Role.LINE_OFFICER,), Agency.CUSTOMS, post),
        NewPerson("phyto", "Gulnara, line officer", (Role.LINE_OFFICER,), Agency.PHYTOSANITARY, other or post),
        NewPerson("supervisor", "Salima, supervisor", (Role.SUPERVISOR,), Agency.CUSTOMS, post),
        NewPerson("analyst", "Timur, analyst", (Role.ANALYST,), Agency.CUSTOMS),
        NewPerson("approver", "Zarina, approver", (Role.APPROVER,), Agency.CUSTOMS),
        NewPerson("chief", "Jamila, chief", (Role.CHIEF,)),
        NewPerson("auditor", "Umar, auditor", (Role.AUDITOR,)),
        NewPerson("administrator", "Oraz, administrator", (Role.ADMINISTRATOR,)),
        NewPerson("deputy", "Merdan, administrator", (Role.ADMINISTRATOR,)),
    ]
    given = enter_all(people)
    print("user           password                              works")
    for person in people:
        where = " ".join(filter(None, (person.agency, person.post))) or "everywhere"
        print(f"{person.username:13}  {given[person.username]:36}  {where}")
