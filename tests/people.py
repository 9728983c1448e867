"""The fixed cast of the office, one person per role, and a stranger from elsewhere."""

from dataclasses import dataclass

from django.test import Client

from darvoza.domain.codes import Agency
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.services.people import NewPerson, enter

POST = "KG-AKT"
PASSWORD = "bafidogu-hajekilo"

CAST = {
    "asel": NewPerson("asel", "Asel, line officer of customs", (Role.LINE_OFFICER,), Agency.CUSTOMS, POST),
    "bakyt": NewPerson("bakyt", "Bakyt, line officer of customs", (Role.LINE_OFFICER,), Agency.CUSTOMS, POST),
    "gulnara": NewPerson("gulnara", "Gulnara, phytosanitary officer", (Role.LINE_OFFICER,), Agency.PHYTOSANITARY, POST),
    "farrukh": NewPerson("farrukh", "Farrukh, officer elsewhere", (Role.LINE_OFFICER,), Agency.CUSTOMS, "TJ-DUS"),
    "salima": NewPerson("salima", "Salima, supervisor", (Role.SUPERVISOR,), Agency.CUSTOMS, POST),
    "timur": NewPerson("timur", "Timur, analyst", (Role.ANALYST,), Agency.CUSTOMS),
    "zarina": NewPerson("zarina", "Zarina, approver", (Role.APPROVER,), Agency.CUSTOMS),
    "jamila": NewPerson("jamila", "Jamila, chief", (Role.CHIEF,)),
    "umar": NewPerson("umar", "Umar, auditor", (Role.AUDITOR,)),
    "oraz": NewPerson("oraz", "Oraz, administrator", (Role.ADMINISTRATOR,)),
}

BY_ROLE = {
    Role.LINE_OFFICER: "asel",
    Role.SUPERVISOR: "salima",
    Role.ANALYST: "timur",
    Role.APPROVER: "zarina",
    Role.CHIEF: "jamila",
    Role.AUDITOR: "umar",
    Role.ADMINISTRATOR: "oraz",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The people, entered."""

    people: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        """Give one of them."""
        return self.people[name]

    def browser(self, name: str | None = None, *, language: str = "en") -> Client:
        """Give a browser in which one of them, or nobody, is signed in."""
        client = Client(headers={"accept-language": language})
        if name is not None:
            client.force_login(self.people[name], backend="darvoza.office.accounts.services.sign_in.PersonBackend")
        return client


def enter_cast() -> Cast:
    """Enter everybody."""
    return Cast({name: enter(new, PASSWORD) for name, new in CAST.items()})
