"""What stty(1) knows of ``struct termios``: names, bits, defaults (<asm-generic/termbits.h>)."""

from enum import Enum
from typing import Final, NamedTuple


class Word(Enum):
    """Which of the four words of flags."""

    CONTROL = "cflag"
    INPUT = "iflag"
    OUTPUT = "oflag"
    LOCAL = "lflag"


class Sane(Enum):
    """What ``stty sane`` makes of a mode."""

    ON = 1
    OFF = 0
    AS_IT_IS = -1


class Mode(NamedTuple):
    """One mode: some bits of a word."""

    name: str
    word: Word
    bits: int
    mask: int
    """The bits that are cleared first; as ``bits`` for a flag."""
    reversible: bool
    """Whether a ``-`` may stand in front."""
    sane: Sane
    alias: bool = False
    """Another name of a mode: it is never shown."""


def _flag(name: str, word: Word, bits: int, sane: Sane = Sane.AS_IT_IS) -> Mode:
    return Mode(name, word, bits, bits, True, sane)


def _value(name: str, word: Word, bits: int, mask: int, sane: Sane = Sane.OFF) -> Mode:
    return Mode(name, word, bits, mask, False, sane)


_CSIZE: Final = 0o60
_C, _I, _O, _L = Word.CONTROL, Word.INPUT, Word.OUTPUT, Word.LOCAL
_ON, _OFF = Sane.ON, Sane.OFF

MODES: Final = (
    _flag("parenb", _C, 0o400),
    _flag("parodd", _C, 0o1000),
    _flag("cmspar", _C, 0o10000000000),
    _value("cs5", _C, 0o00, _CSIZE, Sane.AS_IT_IS),
    _value("cs6", _C, 0o20, _CSIZE, Sane.AS_IT_IS),
    _value("cs7", _C, 0o40, _CSIZE, Sane.AS_IT_IS),
    _value("cs8", _C, 0o60, _CSIZE, Sane.AS_IT_IS),
    _flag("hupcl", _C, 0o2000),
    _flag("hup", _C, 0o2000)._replace(alias=True),
    _flag("cstopb", _C, 0o100),
    _flag("cread", _C, 0o200, _ON),
    _flag("clocal", _C, 0o4000),
    _flag("crtscts", _C, 0o20000000000),
    _flag("ignbrk", _I, 0o1, _OFF),
    _flag("brkint", _I, 0o2, _ON),
    _flag("ignpar", _I, 0o4),
    _flag("parmrk", _I, 0o10),
    _flag("inpck", _I, 0o20),
    _flag("istrip", _I, 0o40),
    _flag("inlcr", _I, 0o100, _OFF),
    _flag("igncr", _I, 0o200, _OFF),
    _flag("icrnl", _I, 0o400, _ON),
    _flag("ixon", _I, 0o2000),
    _flag("ixoff", _I, 0o10000, _OFF),
    _flag("tandem", _I, 0o10000, _OFF)._replace(alias=True),
    _flag("iuclc", _I, 0o1000, _OFF),
    _flag("ixany", _I, 0o4000, _OFF),
    _flag("imaxbel", _I, 0o20000, _ON),
    _flag("iutf8", _I, 0o40000, _OFF),
    _flag("opost", _O, 0o1, _ON),
    _flag("olcuc", _O, 0o2, _OFF),
    _flag("ocrnl", _O, 0o10, _OFF),
    _flag("onlcr", _O, 0o4, _ON),
    _flag("onocr", _O, 0o20, _OFF),
    _flag("onlret", _O, 0o40, _OFF),
    _flag("ofill", _O, 0o100, _OFF),
    _flag("ofdel", _O, 0o200, _OFF),
    _value("nl1", _O, 0o400, 0o400),
    _value("nl0", _O, 0, 0o400, _ON),
    _value("cr3", _O, 0o3000, 0o3000),
    _value("cr2", _O, 0o2000, 0o3000),
    _value("cr1", _O, 0o1000, 0o3000),
    _value("cr0", _O, 0, 0o3000, _ON),
    _value("tab3", _O, 0o14000, 0o14000),
    _value("tab2", _O, 0o10000, 0o14000),
    _value("tab1", _O, 0o4000, 0o14000),
    _value("tab0", _O, 0, 0o14000, _ON),
    _value("bs1", _O, 0o20000, 0o20000),
    _value("bs0", _O, 0, 0o20000, _ON),
    _value("vt1", _O, 0o40000, 0o40000),
    _value("vt0", _O, 0, 0o40000, _ON),
    _value("ff1", _O, 0o100000, 0o100000),
    _value("ff0", _O, 0, 0o100000, _ON),
    _flag("isig", _L, 0o1, _ON),
    _flag("icanon", _L, 0o2, _ON),
    _flag("iexten", _L, 0o100000, _ON),
    _flag("echo", _L, 0o10, _ON),
    _flag("echoe", _L, 0o20, _ON),
    _flag("crterase", _L, 0o20, _ON)._replace(alias=True),
    _flag("echok", _L, 0o40, _ON),
    _flag("echonl", _L, 0o100, _OFF),
    _flag("noflsh", _L, 0o200, _OFF),
    _flag("xcase", _L, 0o4, _OFF),
    _flag("tostop", _L, 0o400, _OFF),
    _flag("echoprt", _L, 0o2000, _OFF),
    _flag("prterase", _L, 0o2000, _OFF)._replace(alias=True),
    _flag("echoctl", _L, 0o1000, _ON),
    _flag("ctlecho", _L, 0o1000, _ON)._replace(alias=True),
    _flag("echoke", _L, 0o4000, _ON),
    _flag("crtkill", _L, 0o4000, _ON)._replace(alias=True),
    _flag("flusho", _L, 0o10000, _OFF),
    _flag("extproc", _L, 0o200000, _OFF),
)
"""In the order in which they are shown."""
BY_NAME: Final = {mode.name: mode for mode in MODES}
ICANON: Final = BY_NAME["icanon"].bits

INDEX: Final = {
    "intr": 0, "quit": 1, "erase": 2, "kill": 3, "eof": 4, "eol": 11, "eol2": 16, "swtch": 7,
    "start": 8, "stop": 9, "susp": 10, "rprnt": 12, "werase": 14, "lnext": 15, "discard": 13,
    "min": 6, "time": 5,
}  # fmt: skip
"""Where in ``c_cc`` each character is, in the order in which they are shown."""
NUMBERS: Final = ("min", "time")
"""Those that are no characters."""
SANE_CC: Final = bytes((3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0))
"""``c_cc`` as ``stty sane`` makes it."""

SPEEDS: Final = dict(
    zip(
        (0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400),
        range(16),
        strict=True,
    )
) | dict(
    zip(
        (
            57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000,
            2000000, 2500000, 3000000, 3500000, 4000000,
        ),
        range(0o10001, 0o10020),
        strict=True,
    )
)  # fmt: skip
"""Bits of the control word by bauds."""
BAUD_MASK: Final = 0o10017

_COMBINATIONS = {
    "evenp": "parenb -parodd cs7",
    "-evenp": "-parenb cs8",
    "parity": "parenb -parodd cs7",
    "-parity": "-parenb cs8",
    "oddp": "parenb parodd cs7",
    "-oddp": "-parenb cs8",
    "nl": "-icrnl -onlcr",
    "-nl": "icrnl -inlcr -igncr onlcr -ocrnl -onlret",
    "ek": "erase ^? kill ^U",
    "cbreak": "-icanon",
    "-cbreak": "icanon",
    "pass8": "-parenb -istrip cs8",
    "-pass8": "parenb istrip cs7",
    "litout": "-parenb -istrip -opost cs8",
    "-litout": "parenb istrip opost cs7",
    "cooked": "brkint ignpar istrip icrnl ixon opost isig icanon",
    "raw": "-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -iuclc -ixon "
    "-ixany -ixoff -imaxbel -iutf8 -opost -isig -icanon -xcase min 1 time 0",
    "decctlq": "-ixany",
    "-decctlq": "ixany",
    "tabs": "tab0",
    "-tabs": "tab3",
    "lcase": "xcase iuclc olcuc",
    "-lcase": "-xcase -iuclc -olcuc",
    "crt": "echoe echoctl echoke",
    "dec": "echoe echoctl echoke -ixany intr ^C erase ^? kill ^U",
    "sane": " ".join(
        ("" if mode.sane is Sane.ON else "-") + mode.name
        for mode in MODES
        if mode.sane is not Sane.AS_IT_IS and (mode.reversible or mode.sane is Sane.ON)
    )
    + "".join(
        f" {name} 0{SANE_CC[index]:o}" for name, index in INDEX.items() if name not in NUMBERS
    ),
}
COMBINATIONS: Final = _COMBINATIONS | {
    "-raw": _COMBINATIONS["cooked"],
    "-cooked": _COMBINATIONS["raw"],
    "LCASE": _COMBINATIONS["lcase"],
    "-LCASE": _COMBINATIONS["-lcase"],
}
"""Settings that stand for several others."""
