"""What the surroundings say wrongly is told when the office starts, with the variable and what was meant."""

import pytest

from darvoza.cli.arguments import build_parser
from darvoza.errors import SettingsError
from darvoza.office.commands.listening import MOST_PROCESSES
from darvoza.office.environment import read_environment, unknown_variables
from darvoza.office.operations.counting import ROWS

NOWHERE = {"DARVOZA_HOME": "/nowhere"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DARVOZA_HOST", "darvoza.example", "is it DARVOZA_HOSTS"),
        ("DARVOZA_PROXY", "127.0.0.1", "is it DARVOZA_PROXIES"),
        ("DARVOZA_SECRET_KEY", "x", "is it DARVOZA_SECRET"),
        ("DARVOZA_DATABASE_URL", "x", "is it DARVOZA_DATABASE"),
        ("DARVOZA_HOSTS", "https://darvoza.example", "without https://"),
        ("DARVOZA_HOSTS", "darvoza.example:8000", "without https://, port"),
        ("DARVOZA_HOSTS", "darvoza.example/office", "or path"),
        ("DARVOZA_HOSTS", "a.example, b c_d", "names such as"),
        ("DARVOZA_TIME_ZONE", "Asia/Bishkeck", "did you mean Asia/Bishkek"),
        ("DARVOZA_TIME_ZONE", "../etc/passwd", "a time zone such as"),
        ("DARVOZA_TIMEZONE", "Asia/Bishkek", "is it DARVOZA_TIME_ZONE"),
        ("DARVOZA_DEMO", "yes", "1 for a practice office"),
        ("DARVOZA_DEMO", "true", "1 for a practice office"),
        ("DARVOZA_CURRENCY", "som", "a currency of ISO 4217"),
        ("DARVOZA_CURRENCE", "KGS", "is it DARVOZA_CURRENCY"),
    ],
)
def test_a_variable_that_is_wrong_is_told(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as told:
        read_environment({**NOWHERE, name: value})
    assert told.value.field == name


def test_what_is_right_is_taken() -> None:
    told = read_environment({**NOWHERE, "DARVOZA_HOSTS": "darvoza.example, .b.example [::1] *", "DARVOZA_DEMO": "0"})
    assert told.hosts == ("darvoza.example", ".b.example", "[::1]", "*")
    assert not told.demo
    assert read_environment({**NOWHERE, "DARVOZA_DEMO": "1"}).demo
    assert (told.currency, read_environment({**NOWHERE, "DARVOZA_CURRENCY": "KGS"}).currency) == ("", "KGS")
    zones = [read_environment({**NOWHERE, "DARVOZA_TIME_ZONE": name}).time_zone for name in ("", "Asia/Bishkek")]
    assert zones == ["Asia/Tashkent", "Asia/Bishkek"]


def test_a_variable_like_no_other_is_left_to_the_doctor() -> None:
    variables = {**NOWHERE, "DARVOZA_LOG_LEVEL": "debug", "DARVOZA_TEST_POSTGRES": "host=x"}
    assert not read_environment(variables).demo
    assert unknown_variables(variables) == ("DARVOZA_LOG_LEVEL", "DARVOZA_TEST_POSTGRES")


@pytest.mark.parametrize(
    "words",
    [
        ["--processes", "0"], ["--processes=-1"], ["--processes", "65"], ["--processes", "two"], ["--bind", "nonsense"],
        ["--threads", "0"], ["--threads", "257"],
        ["--bind", "127.0.0.1:99999"], ["--bind", ":8000"], ["--bind", "127.0.0.1:0"], ["--bind", "::1:8000"],
    ],
)  # fmt: skip
def test_what_cannot_be_listened_by_is_refused_as_an_argument(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["serve", *words])
    assert ended.value.code == 2
    assert "expected" in capsys.readouterr().err


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::1]:8000", "localhost:1", "unix:/run/darvoza.sock", "fd://3"])
def test_where_can_be_listened_is_taken(bind: str) -> None:
    words = ["serve", "--bind", bind, "--processes", "64", "--threads", "256"]
    assert build_parser().parse_args(words).bind == bind


def test_there_is_a_row_of_counts_for_every_process() -> None:
    assert MOST_PROCESSES == ROWS
