"""Pictures as PNG: any reader sees the same, and the bytes are nobody's version of zlib's."""

import struct
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.export.deflate import deflated, png
from nsh.export.ink import Paper
from nsh.export.measure import Size
from nsh.export.png import EDGE, HIGH, WIDE, Unavailable
from nsh.export.png import still as picture
from tests.export.films import HOSTILE, still


def read(data: bytes) -> tuple[int, int, list[list[str]]]:
    """Width, height and the colours of a PNG of ours; anything odd fails."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = [], 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + content)
        chunks.append((kind, content))
        place += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, colour, rest) == (8, 3, [0, 0, 0])
    palette = ["#" + chunks[1][1][n : n + 3].hex() for n in range(0, len(chunks[1][1]), 3)]
    dots = zlib.decompress(chunks[2][1])
    lines = [dots[n : n + width + 1] for n in range(0, len(dots), width + 1)]
    assert len(lines) == height
    assert all(line[0] == 0 for line in lines)
    return width, height, [[palette[dot] for dot in line[1:]] for line in lines]


@given(
    st.lists(st.binary(min_size=4, max_size=4), min_size=1, max_size=6),
    st.integers(1, 40),
    st.integers(1, 12),
    st.sampled_from([1, 3, 4, 8, 300]),
    st.randoms(use_true_random=False),
)
def test_what_is_compressed_comes_back(groups, wide, high, cell, random):
    lines = [b"\0" + b"".join(random.choice(groups) for _ in range(wide)) for _ in range(high)]
    data = b"".join(lines)
    assert zlib.decompress(deflated(data, len(lines[0]), cell), -15) == data


def test_far_and_long_copies():
    line = bytes(range(256)) * 4
    far = b"".join(b"\0" + one for one in [line, *[bytes(1024)] * 40, line])
    packed = deflated(far, 1025, 16)
    assert zlib.decompress(packed, -15) == far
    assert len(packed) < 3000


def test_the_grid_is_drawn_in_the_colours_of_the_screen():
    made = still(theme="light", size=Size(80, 24))
    width, height, dots = read(picture(made))
    assert (width, height) == ((80 + 2 * EDGE) * WIDE, (24 + EDGE) * HIGH)
    assert dots[0][0] == made.paper.bg
    for y, row in enumerate(made.frames[0].rows):
        for run in row:
            fg, bg = made.paper.colours(run.ink)
            left, top = (EDGE + run.column) * WIDE, (EDGE // 2 + y) * HIGH
            cells = {dots[top + n][left + m] for n in range(HIGH) for m in range(run.width * WIDE)}
            if not run.text.strip():
                assert cells == {bg}
            elif run.text.strip().isalnum() and len(run.text.strip()) > 3:
                assert {fg, bg} <= cells


def test_other_readers_see_the_same():
    from io import BytesIO

    from PIL import Image

    data = picture(still())
    with Image.open(BytesIO(data)) as image:
        image.load()
        assert image.size == read(data)[:2]
        corner = image.convert("RGB").getpixel((0, 0))
    assert corner == tuple(bytes.fromhex(read(data)[2][0][0][1:]))


@pytest.mark.parametrize("char", ["A", "─", "╭", "≀", "†", "❄", "中", "\ufffd", "é", "Ж", "█"])
def test_signs_are_drawn(char):
    from nsh.export.png import Look, _mask

    width = 2 if char == "中" else 1
    mask = _mask(Look(char, False, False, False, False, width))
    assert len(mask) == width * WIDE * HIGH
    assert max(mask) > 150


def test_letters_look_different_where_they_should():
    from nsh.export.png import Look, _mask

    looks = {
        _mask(Look("a", bold, italic, underline, strike, 1))
        for bold, italic, underline, strike in [
            (False, False, False, False),
            (True, False, False, False),
            (False, True, False, False),
            (False, False, True, False),
            (False, False, False, True),
        ]
    }
    assert len(looks) == 5


def test_lines_of_neighbouring_cells_meet():
    from nsh.export.png import Look, _mask

    mask = _mask(Look("─", False, False, False, False, 1))
    middle = max(range(HIGH), key=lambda y: sum(mask[y * WIDE : (y + 1) * WIDE]))
    row = mask[middle * WIDE : (middle + 1) * WIDE]
    assert min(row) > 150
    corner = _mask(Look("╰", False, False, False, False, 1))
    assert corner[middle * WIDE + WIDE - 1] > 100


def test_many_colours_are_drawn_with_fewer_shades():
    from nsh.export.film import Film, Frame
    from nsh.export.ink import Ink, Run

    runs = tuple(Run(n, "x", 1, Ink(f"#{n:02x}8040", f"#00{n:02x}80")) for n in range(60))
    made = Film(
        "x", Size(60, 1), Paper("#ffffff", "#000000"), (Frame((runs,), 1, 0),), 0, "", False
    )
    _, _, dots = read(picture(made))
    assert len({dot for line in dots for dot in line}) <= 256
    colours = tuple(Run(n, "x", 1, Ink(f"#{n:06x}", f"#{n + 999:06x}")) for n in range(200))
    film = made._replace(size=Size(200, 1), frames=(Frame((colours,), 1, 0),))
    with pytest.raises(ValueError, match="more than 256 colours"):
        picture(film)


def test_a_hostile_screen_is_only_a_picture():
    assert read(picture(still(f"printf '{HOSTILE}'")))[0]


def test_without_pillow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(Unavailable, match=r"Pillow, which nsh-explorer\[png\] brings"):
        picture(still())


def test_a_small_picture_has_these_bytes():
    """Changes only if the format of the file does: nothing in it depends on a compressor."""
    data = png(3, [b"\0\1\0", b"\0\1\0"], ["#000000", "#ffffff"], 3)
    assert zlib.crc32(data) == KNOWN
    assert read(data)[2] == [["#000000", "#ffffff", "#000000"]] * 2


KNOWN = 1077984139
