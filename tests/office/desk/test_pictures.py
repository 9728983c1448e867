"""What stands beside a picture is taken out and named; the picture, its colours and how it is turned stay."""

import random
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import CaseRefused
from darvoza.office.desk.pictures import drawing, small
from darvoza.office.desk.pictures.cleaned import MOST_BYTES, Beside, Cleaned
from darvoza.office.desk.pictures.cleaning import CLEANERS, clean
from darvoza.office.desk.pictures.exif import read_exif, turned_by
from darvoza.office.desk.pictures.jpeg import MOST_SCANS
from office.desk.pictures import (
    BASELINE,
    EXTENDED,
    HEIGHT,
    LOSSLESS,
    LOSSY,
    MOVING,
    PNG,
    PROGRESSIVE,
    WIDTH,
    a_png,
    an_exif,
    chunk,
    jpeg_with,
    segment,
    webp_with,
)  # fmt: skip

PLAIN = {
    "baseline": ("jpeg", BASELINE),
    "progressive": ("jpeg", PROGRESSIVE),
    "png": ("png", PNG),
    "lossy": ("webp", LOSSY),
    "lossless": ("webp", LOSSLESS),
    "extended": ("webp", EXTENDED),
}
EXIF, XMP = b"Exif\x00\x00", b"http://ns.adobe.com/xap/1.0/\x00"
ICC = segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours")


@pytest.mark.parametrize("name", PLAIN)
def test_a_photo_with_nothing_beside_it_stays_as_it_is(name: str) -> None:
    kind, content = PLAIN[name]
    assert clean(kind, content) == Cleaned(content, WIDTH, HEIGHT, 1, ())


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_exif_is_read_for_how_a_photo_is_turned_and_for_what_it_tells(turned: int, order: str) -> None:
    read = read_exif(an_exif(turned=turned, order=order))
    assert read.orientation == turned
    told = {Beside.EXIF, Beside.PLACE, Beside.TIME, Beside.DEVICE, Beside.SERIAL_NUMBER, Beside.MAKER_NOTE}
    assert read.found == told
    assert read_exif(an_exif(turned=turned, order=order, place=False)).found == told - {Beside.PLACE}


@pytest.mark.parametrize("turned", range(1, 9))
def test_how_a_photo_is_turned_is_kept_in_each_form(turned: int) -> None:
    exif = an_exif(turned=turned)
    sent = {
        "jpeg": jpeg_with(segment(0xE1, EXIF + exif)),
        "png": a_png(chunk(b"eXIf", exif)),
        "webp": webp_with((b"EXIF", exif)),
    }
    for kind, content in sent.items():
        made = clean(kind, content)
        assert made.orientation == turned
        assert made.upright == ((HEIGHT, WIDTH) if turned > 4 else (WIDTH, HEIGHT))
        assert b"SN-0042" not in made.content
        assert (turned_by(turned) in made.content) == (turned != 1)
        again = clean(kind, made.content)
        assert (again.content, again.orientation) == (made.content, turned)
        assert set(again.removed) <= {Beside.EXIF}


BESIDE = {
    "xmp": (segment(0xE1, XMP + b"<x/>"), Beside.XMP),
    "iptc": (segment(0xED, b"Photoshop 3.0\x008BIM"), Beside.IPTC),
    "comment": (segment(0xFE, b"by hand"), Beside.COMMENT),
    "several pictures": (segment(0xE2, b"MPF\x00II*"), Beside.OTHER),
    "of a maker": (segment(0xE5, b"SAMSUNG"), Beside.OTHER),
    "more exif": (segment(0xE1, EXIF + b"MM\x00*broken"), Beside.EXIF),
}


@pytest.mark.parametrize("name", BESIDE)
def test_everything_else_of_a_jpeg_is_left_out_and_named(name: str) -> None:
    written, told = BESIDE[name]
    assert clean("jpeg", jpeg_with(written)) == Cleaned(BASELINE, WIDTH, HEIGHT, 1, (told,))


def test_colours_of_a_jpeg_stay() -> None:
    adobe = segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x01")
    sent = jpeg_with(ICC, adobe, segment(0xEE, b"Adobe"))
    made = clean("jpeg", sent)
    assert ICC in made.content
    assert adobe in made.content
    assert made.removed == (Beside.OTHER,)


def test_a_smaller_picture_in_the_first_segment_is_left_out() -> None:
    assert BASELINE[6:11] == b"JFIF\x00"
    with_one = BASELINE[:4] + struct.pack(">H", 16 + 3) + BASELINE[6:18] + b"\x01\x01abc" + BASELINE[20:]
    assert clean("jpeg", with_one).content == BASELINE


@pytest.mark.parametrize(("after", "removed"), [(b"\x00" * 9, ()), (b"ftypmp42", (Beside.APPENDED,))])
def test_what_follows_the_end_is_left_out(after: bytes, removed: tuple[Beside, ...]) -> None:
    assert clean("jpeg", BASELINE + after) == Cleaned(BASELINE, WIDTH, HEIGHT, 1, removed)
    assert clean("webp", LOSSY + after) == Cleaned(LOSSY, WIDTH, HEIGHT, 1, removed)
    assert clean("png", PNG + after).content == PNG


def test_everything_else_of_a_png_is_left_out_and_named() -> None:
    more = [
        chunk(b"tEXt", b"Author\x00Asel"), chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>"),
        chunk(b"tIME", bytes(7)), chunk(b"prVt", b"x"), chunk(b"gAMA", struct.pack(">I", 45455)),
    ]  # fmt: skip
    made = clean("png", a_png(*more))
    assert made.content == a_png(more[-1])
    assert made.removed == (Beside.TIME, Beside.XMP, Beside.COMMENT, Beside.OTHER)


def test_everything_else_of_a_webp_is_left_out_and_named() -> None:
    sent = webp_with((b"EXIF", EXIF + an_exif()), (b"XMP ", b"<x/>"), (b"ABCD", b"odd"))
    made = clean("webp", sent)
    assert made.content == EXTENDED
    assert {Beside.EXIF, Beside.PLACE, Beside.XMP, Beside.OTHER} <= set(made.removed)


BROKEN = {
    "jpeg cut off in the picture": ("jpeg", BASELINE[:-20]),
    "jpeg cut off in a segment": ("jpeg", BASELINE[:30]),
    "jpeg without a picture": ("jpeg", b"\xff\xd8\xff\xd9"),
    "jpeg with bytes between": ("jpeg", BASELINE[:20] + b"x" + BASELINE[20:]),
    "jpeg of a kind that is not shown": ("jpeg", BASELINE.replace(b"\xff\xc0", b"\xff\xc9")),
    "jpeg without height": ("jpeg", BASELINE.replace(struct.pack(">HH", HEIGHT, WIDTH), struct.pack(">HH", 0, WIDTH))),
    "jpeg with many scans": ("jpeg", b"\xff\xd8" + segment(0xDA, b"") * (MOST_SCANS + 1) + b"\xff\xd9"),
    "jpeg with a short segment": ("jpeg", b"\xff\xd8\xff\xe1\x00\x01" + BASELINE[2:]),
    "png cut off": ("png", PNG[:-13]),
    "png with a wrong sum": ("png", PNG[:-1] + b"x"),
    "png without a picture": ("png", PNG[:33] + chunk(b"IEND")),
    "png with an unknown part that is needed": ("png", a_png(chunk(b"ABCD"))),
    "png of strange colours": ("png", a_png(colours=5)),
    "png without width": ("png", a_png(width=0)),
    "webp cut off": ("webp", LOSSY[:-5]),
    "webp that moves": ("webp", MOVING),
    "webp without a picture": ("webp", b"RIFF\x04\x00\x00\x00WEBP"),
    "webp of two sizes": ("webp", EXTENDED[:24] + b"\xff" + EXTENDED[25:]),
    "webp of nothing": ("webp", b"RIFF\x00"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_picture_is_refused(name: str) -> None:
    kind, content = BROKEN[name]
    with pytest.raises(CaseRefused) as caught:
        clean(kind, content)
    assert caught.value.field == "damaged picture"


def test_what_claims_to_be_larger_than_memory_is_refused() -> None:
    side = int((MOST_BYTES / 3) ** 0.5) + 1
    assert clean("png", a_png(width=side - 2, height=side - 2)).width == side - 2
    large = [
        ("png", a_png(width=side, height=side)),
        ("png", a_png(width=side // 2, height=side, depth=16, colours=6)),
        ("jpeg", BASELINE.replace(struct.pack(">HH", HEIGHT, WIDTH), struct.pack(">HH", side, side))),
    ]
    for kind, content in large:
        with pytest.raises(CaseRefused) as caught:
            clean(kind, content)
        assert caught.value.field == "huge picture"


@given(st.sampled_from(sorted(PLAIN)), st.integers(0, 2**32))
def test_whatever_is_broken_is_refused_or_cleaned_and_nothing_else_happens(name: str, seed: int) -> None:
    kind, content = PLAIN[name]
    chance, broken = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 6)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    broken = broken[: chance.randint(1, len(broken))] if chance.random() < 0.3 else broken
    with suppress(CaseRefused):
        assert len(clean(kind, bytes(broken)).content) <= len(broken) + 40


@given(st.binary(max_size=300), st.sampled_from(sorted(CLEANERS)))
def test_bytes_that_are_nothing_are_refused(content: bytes, kind: str) -> None:
    with pytest.raises(CaseRefused):
        clean(kind, content)


@given(st.binary(max_size=200))
def test_exif_that_is_broken_turns_nothing(data: bytes) -> None:
    assert read_exif(data).orientation in range(1, 9)
    assert read_exif(b"MM\x00*" + data).orientation in range(1, 9)


# ── small pictures ───────────────────────────────────────────────────────────────────────────────────────────────────


def corners(drawn: bytes) -> tuple[tuple[int, ...], ...]:
    """The colours above left, above right, below left and below right."""
    width, height = struct.unpack_from(">II", drawn, 16)
    palette = drawn[41 : 41 + struct.unpack_from(">I", drawn, 33)[0]]
    rows = zlib.decompress(drawn[drawn.index(b"IDAT") + 4 : -16])
    at = [(2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3)]
    numbers = [rows[y * (width + 1) + 1 + x] for x, y in at]
    return tuple(tuple(palette[3 * number : 3 * number + 3]) for number in numbers)


def named(colour: tuple[int, ...]) -> str:
    """The colour, as far as a photo keeps it."""
    red, _, blue = (value > 100 for value in colour)
    return {(True, False): "red", (False, True): "blue", (True, True): "white"}[red, blue]


UPRIGHT = {
    1: ("red", "white", "white", "blue"),
    2: ("white", "red", "blue", "white"),
    3: ("blue", "white", "white", "red"),
    4: ("white", "blue", "red", "white"),
    5: ("red", "white", "white", "blue"),
    6: ("white", "red", "blue", "white"),
    7: ("blue", "white", "white", "red"),
    8: ("white", "blue", "red", "white"),
}


@pytest.mark.parametrize("turned", UPRIGHT)
def test_a_small_picture_is_upright_however_the_camera_was_held(turned: int) -> None:
    made = clean("jpeg", jpeg_with(segment(0xE1, EXIF + an_exif(turned=turned))))
    drawn = drawing.draw(made.content, "jpeg", *made.upright)
    assert tuple(map(named, corners(drawn))) == UPRIGHT[turned]


@pytest.mark.parametrize("name", PLAIN)
def test_every_form_is_drawn(name: str) -> None:
    kind, content = PLAIN[name]
    drawn = small.draw_small(clean(kind, content), kind)
    assert tuple(map(named, corners(drawn))) == UPRIGHT[1]


def test_no_photo_becomes_a_small_picture_of_more_than_15_kilobytes() -> None:
    """The hardest there is: every point of another colour."""
    rows = random.Random(1).randbytes(120 * 480)
    body = zlib.compress(b"".join(b"\x00" + rows[480 * row : 480 * row + 480] for row in range(120)))
    noise = (
        PNG[:8]
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 160, 120, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND")
    )
    assert 10_000 < len(drawing.draw(noise, "png", 160, 120)) < 15_000


def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "PATIENCE", 0.01)
    with pytest.raises(CaseRefused, match="too long"):
        small.draw_small(clean("png", PNG), "png")
