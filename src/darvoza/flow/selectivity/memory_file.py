"""What posts remember, written down between two runs as JSON: plain values, and the recent declarations as packed floats."""

import base64
import math
from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import orjson
from numpy.typing import NDArray

from darvoza.domain.capacity import Duty
from darvoza.domain.codes import Act, Agency
from darvoza.errors import OutputError
from darvoza.flow.selectivity.spending import Memory, PostMemory
from darvoza.json_text import read_json
from darvoza.methods.pacing import Arrivals, Pace

FORMAT = 2
PACKED = np.dtype("<f4")
_ARRIVALS = tuple(field.name for field in fields(Arrivals))

Floats = NDArray[np.float64]


def memory_text(memory: Mapping[Duty, Memory]) -> str:
    """Write what is remembered of each duty; equal memories give equal text.

    Parameters
    ----------
    memory
        What is remembered, by duty.
    """
    duties = [
        {
            "agency": duty.agency.value,
            "act": duty.act.value,
            "day": held.day,
            "before": _packed(held.before),
            "today": _packed(held.today),
            "posts": {code: _post(held.posts[code]) for code in sorted(held.posts)},
        }
        for duty, held in sorted(memory.items(), key=lambda pair: str(pair[0]))
    ]
    return (
        orjson.dumps(
            {"memory": FORMAT, "duties": duties}, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY
        ).decode()
        + "\n"
    )


def _post(post: PostMemory) -> dict[str, object]:
    """Write what one post remembers."""
    return {
        "day": post.day,
        **{name: _plain(getattr(post, name)) for name in ("counts", "spent", "due", "carried")},
        "pace": {name: _plain(value) for name, value in post.pace._asdict().items()},
        "arrivals": {name: _plain(getattr(post.arrivals, name)) for name in _ARRIVALS},
        "recent": _packed(post.recent),
    }


def _plain(value: object) -> object:
    """Write numbers that JSON has no word for as texts."""
    if isinstance(value, tuple):
        return value if all(map(math.isfinite, value)) else [_plain(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _packed(rows: Floats) -> dict[str, object]:
    """Pack rows of numbers in single precision, to which they were rounded when they were seen."""
    return {"columns": rows.shape[1], "rows": base64.b64encode(rows.astype(PACKED).tobytes()).decode()}


def read_memory(text: str, source: str) -> dict[Duty, Memory]:
    """Read back what `memory_text` wrote.

    Parameters
    ----------
    text
        The file.
    source
        Its name, for errors.

    Raises
    ------
    OutputError
        If it is not such a file.
    """
    try:
        content = read_json(text)
        if content["memory"] != FORMAT:
            raise ValueError(content["memory"])
        return {Duty(Agency(part["agency"]), Act(part["act"])): _memory(part) for part in content["duties"]}
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        expected = f"what posts remember, of form {FORMAT}, as `darvoza assess` writes it"
        raise OutputError(field=source, expected=expected, got=str(problem) or type(problem).__name__) from problem


def _memory(part: Mapping[str, object]) -> Memory:
    posts, day = part["posts"], part["day"]
    if not isinstance(posts, dict) or not isinstance(day, int):
        raise TypeError("posts, day")
    read = {str(code): _read_post(post) for code, post in posts.items()}
    return Memory(read, day, _unpacked(part["before"]), _unpacked(part["today"]))


def _read_post(post: Mapping[str, object]) -> PostMemory:
    pace, arrivals = post["pace"], post["arrivals"]
    if not isinstance(pace, dict) or not isinstance(arrivals, dict):
        raise TypeError("pace, arrivals")
    counts = _numbers(post["counts"])
    return PostMemory(
        day=int(_number(post["day"])),
        counts=counts,
        spent=_number(post["spent"]),
        due=_number(post["due"]),
        carried=_number(post["carried"]),
        pace=Pace(
            cuts=_numbers(pace["cuts"]),
            bound=_number(pace["bound"]),
            open=_number(pace["open"]),
            odds=_numbers(pace["odds"]),
            shifts=_numbers(pace["shifts"]),
            cost=_number(pace["cost"]),
        ),
        arrivals=Arrivals(_number(arrivals["mean"]), _numbers(arrivals["weekdays"]), _numbers(arrivals["hours"])),
        recent=_unpacked(post["recent"]),
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float | str):
        raise TypeError(value)
    return float(value)


def _numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_number(one) for one in value)


def _unpacked(value: object) -> Floats:
    if not isinstance(value, dict):
        raise TypeError(value)
    flat = np.frombuffer(base64.b64decode(value["rows"], validate=True), PACKED)
    return flat.reshape(-1, int(value["columns"])).astype(np.float64)
