"""What a terminal's modes come down to, looked up once for each set of them."""

from functools import lru_cache
from typing import Final

from nsh.abi.termios import VDISABLE, XTABS, Cc, Iflag, Lflag, Oflag
from nsh.machine.terminals import Termios

NEWLINE, RETURN, TAB, BACKSPACE = b"\n\r\t\b"
DOUBLED: Final = 0xFF
"""What PARMRK doubles."""
_CONTROLS: Final = 0x20
_ERASE: Final = 0x7F
_ASCII: Final = 0x80
_SHAPES: Final = Oflag.OPOST | Oflag.OLCUC | Oflag.ONLCR | Oflag.OCRNL | Oflag.ONOCR | Oflag.ONLRET
_CONTINUES, _CONTINUATION = 0xC0, 0x80
"""Mask and value of the bytes of UTF-8 that do not begin a character."""


def is_control(character: int) -> bool:
    """As iscntrl() of the kernel has it."""
    return character < _CONTROLS or character == _ERASE


def in_word(character: int) -> bool:
    """Words are of letters, digits and _ (isalnum())."""
    if character < _ASCII:
        return character == ord("_") or chr(character).isalnum()
    return character >= 0xC0 and character not in (0xD7, 0xF7)


def lower(character: int) -> int:
    """tolower() of the kernel."""
    upper = ord("A") <= character <= ord("Z") or (0xC0 <= character <= 0xDE and character != 0xD7)
    return character + 32 if upper else character


def upper(character: int) -> int:
    """toupper() of the kernel."""
    low = ord("a") <= character <= ord("z") or (character >= 0xDF and character != 0xF7)
    return character - 32 if low else character


class Modes:
    """A :class:`~nsh.machine.terminals.Termios`, flag by flag."""

    def __init__(self, termios: Termios) -> None:
        i, o, local, cc = termios.iflag, termios.oflag, termios.lflag, termios.cc
        self.istrip = bool(i & Iflag.ISTRIP)
        self.inlcr = bool(i & Iflag.INLCR)
        self.igncr = bool(i & Iflag.IGNCR)
        self.icrnl = bool(i & Iflag.ICRNL)
        self.iexten = bool(local & Lflag.IEXTEN)
        self.lowers = bool(i & Iflag.IUCLC) and self.iexten
        self.ixon = bool(i & Iflag.IXON)
        self.ixany = bool(i & Iflag.IXANY)
        self.iutf8 = bool(i & Iflag.IUTF8)
        self.parmrk = bool(i & Iflag.PARMRK)
        self.opost = bool(o & Oflag.OPOST)
        self.olcuc = bool(o & Oflag.OLCUC)
        self.onlcr = bool(o & Oflag.ONLCR)
        self.ocrnl = bool(o & Oflag.OCRNL)
        self.onocr = bool(o & Oflag.ONOCR)
        self.onlret = bool(o & Oflag.ONLRET)
        self.xtabs = o & Oflag.TABDLY == XTABS
        self.isig = bool(local & Lflag.ISIG)
        self.icanon = bool(local & Lflag.ICANON)
        self.echo = bool(local & Lflag.ECHO)
        self.echoe = bool(local & Lflag.ECHOE)
        self.echok = bool(local & Lflag.ECHOK)
        self.echonl = bool(local & Lflag.ECHONL)
        self.echoctl = bool(local & Lflag.ECHOCTL)
        self.echoke = bool(local & Lflag.ECHOKE)
        self.echoprt = bool(local & Lflag.ECHOPRT)
        self.noflsh = bool(local & Lflag.NOFLSH)
        self.tostop = bool(local & Lflag.TOSTOP)
        self.extproc = bool(local & Lflag.EXTPROC)
        self.cc = cc
        self.least = cc[Cc.VMIN]
        self.tenths = cc[Cc.VTIME]
        self.start, self.stop = cc[Cc.VSTART], cc[Cc.VSTOP]
        self.erase, self.kill, self.werase = cc[Cc.VERASE], cc[Cc.VKILL], cc[Cc.VWERASE]
        self.lines = self.icanon and not self.extproc
        """Whether input is read in lines."""
        self.raw = not (
            self.istrip
            or i & Iflag.IUCLC
            or self.igncr
            or self.icrnl
            or self.inlcr
            or self.icanon
            or self.ixon
            or self.isig
            or self.echo
            or self.parmrk
        )
        """Whether input passes as it is."""
        self.passes = self.raw or (self.extproc and not (self.istrip or self.lowers))
        self.plain = o & _SHAPES == Oflag.OPOST | Oflag.ONLCR and not self.xtabs
        """Whether output is what it mostly is: newlines become two characters."""
        self.special = self._special()
        """The characters that are more than themselves (``char_map``)."""

    def _special(self) -> frozenset[int]:
        found: set[int] = set()
        if self.igncr or self.icrnl:
            found.add(RETURN)
        if self.inlcr:
            found.add(NEWLINE)
        named: list[int] = []
        if self.icanon:
            found.add(NEWLINE)
            named += [Cc.VERASE, Cc.VKILL, Cc.VEOF, Cc.VEOL]
            if self.iexten:
                named += [Cc.VWERASE, Cc.VLNEXT, Cc.VEOL2]
                if self.echo:
                    named.append(Cc.VREPRINT)
        if self.ixon:
            named += [Cc.VSTART, Cc.VSTOP]
        if self.isig:
            named += [Cc.VINTR, Cc.VQUIT, Cc.VSUSP]
        found.update(self.cc[name] for name in named)
        return frozenset(found - {VDISABLE})

    def continues(self, character: int) -> bool:
        """Whether it goes on with a character of several bytes."""
        return self.iutf8 and character & _CONTINUES == _CONTINUATION


_known = lru_cache(256)(Modes)
_recent: list[tuple[Termios, Modes]] = [(Termios(), Modes(Termios()))]
"""The last that were looked up: mostly the same record again, which need not be hashed."""


def modes_of(termios: Termios) -> Modes:
    """*termios*, looked up."""
    known, modes = _recent[0]
    if known is not termios:
        modes = _known(termios)
        _recent[0] = termios, modes
    return modes
