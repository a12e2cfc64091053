"""Numbers as the commands about SysV ipc and message queues take them: strtoul(3)'s, within C."""

from __future__ import annotations

import pytest

from nsh.userland.ipc_words import LONG, number, octal
from nsh.userland.options import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-3", -3), ("+0x1F", 31), ("017", 15), ("18446744073709551615", 2**64 - 1)],
)
def test_a_number(text: str, value: int) -> None:
    assert number(text, "id") == value


@pytest.mark.parametrize("text", ["", "-", "0x", "08", "1_0", " 1", "٣", "1\n", "0x1_f"])
def test_no_number(text: str) -> None:
    with pytest.raises(UsageError, match="invalid id"):
        number(text, "id")


@pytest.mark.parametrize(
    ("text", "most"),
    [("18446744073709551616", 2**64 - 1), ("-9223372036854775809", LONG), (str(LONG + 1), LONG)],
)
def test_more_than_c_takes(text: str, most: int) -> None:
    with pytest.raises(UsageError, match="out of range"):
        number(text, "id", most)


@pytest.mark.parametrize("text", ["", "8", "0o7", "-1", "1_0", "7" * 11])
def test_no_mode(text: str) -> None:
    with pytest.raises(UsageError, match="invalid mode"):
        octal(text)
