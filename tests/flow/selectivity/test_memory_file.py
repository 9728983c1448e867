"""What posts remember survives being written down, to the last digit."""

import numpy as np
import pytest

from darvoza.domain.capacity import EXAMINATION, Duty
from darvoza.domain.codes import Act, Agency
from darvoza.errors import OutputError
from darvoza.flow.selectivity.memory_file import memory_text, read_memory
from darvoza.flow.selectivity.spending import Dial, Lodged, Memory, nothing_yet, spend


def lodged(n: int, seed: int) -> Lodged:
    rng = np.random.default_rng(seed)
    logs = np.column_stack([np.where(rng.random(n) < 0.9, -np.inf, 0.0), rng.normal(0, 1, n)])
    return Lodged(
        logs=logs,
        floors=np.full(n, 0.01),
        costs=rng.uniform(0.5, 3, n),
        posts=np.array(["A", "B"])[rng.integers(2, size=n)],
        days=np.sort(rng.integers(20_000, 20_010, n)),
        hours=np.full(n, 12.0),
        amounts=np.full(n, 4.0),
        shares=np.zeros(n, dtype=bool),
    )


def remembered(stream: Lodged, memory: Memory | None = None) -> Memory:
    return spend(stream, memory or nothing_yet(2), Dial(0.1, (0.2, 0.8))).memory


def test_a_run_that_goes_on_from_the_file_decides_as_one_that_never_stopped() -> None:
    stream = lodged(400, 1)
    first, rest = stream.take(slice(0, 170)), stream.take(slice(170, 400))
    text = memory_text({EXAMINATION: remembered(first), Duty(Agency.VETERINARY, Act.SAMPLING): nothing_yet(3)})
    read = read_memory(text, "memory.json")
    assert memory_text(read) == text
    whole = spend(stream, nothing_yet(2), Dial(0.1, (0.2, 0.8)))
    again = spend(rest, read[EXAMINATION], Dial(0.1, (0.2, 0.8)))
    np.testing.assert_array_equal(again.given, whole.given[170:])
    assert memory_text({EXAMINATION: again.memory}) == memory_text({EXAMINATION: whole.memory})


def test_a_memory_is_small() -> None:
    assert len(memory_text({EXAMINATION: remembered(lodged(5_000, 2))})) < 60_000


@pytest.mark.parametrize(
    "change",
    [("{", ""), ('"memory":2', '"memory":1'), ('"agency":"customs"', '"agency":"army"'), ('"spent"', '"spend"')],
)
def test_a_file_that_is_no_memory_is_refused(change: tuple[str, str]) -> None:
    text = memory_text({EXAMINATION: remembered(lodged(50, 3))}).replace(*change)
    with pytest.raises(OutputError, match="what posts remember"):
        read_memory(text, "memory.json")
