"""File modes: as ls prints them, and as chmod reads them."""

import re
from typing import Final

from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK
from nsh.abi.names import Umask
from nsh.userland.streams import Asking

PERMISSIONS: Final = 0o7777
_TYPES: Final = {
    S_IFBLK: "b",
    S_IFCHR: "c",
    S_IFDIR: "d",
    S_IFIFO: "p",
    S_IFLNK: "l",
    S_IFREG: "-",
    S_IFSOCK: "s",
}
_SPECIAL: Final = ((0o4000, 0o100, 3, "s"), (0o2000, 0o010, 6, "s"), (0o1000, 0o001, 9, "t"))
_OCTAL: Final = re.compile("[0-7]{1,6}")
_CLAUSE: Final = re.compile("([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)")
_ACTION: Final = re.compile("([-+=])([ugo]|[rwxXst]*)")
_WHO: Final = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_BITS: Final = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}
_SHIFTS: Final = {"u": 6, "g": 3, "o": 0}
_EVERYBODY: Final = 0o111


def is_dir(mode: int) -> bool:
    """Whether the mode is a directory's."""
    return mode & S_IFMT == S_IFDIR


def is_link(mode: int) -> bool:
    """Whether the mode is a symbolic link's."""
    return mode & S_IFMT == S_IFLNK


def text(mode: int) -> str:
    """``drwxr-xr-x``."""
    letters = [_TYPES.get(mode & S_IFMT, "?")]
    letters += [
        letter if mode >> 8 - place & 1 else "-" for place, letter in enumerate("rwxrwxrwx")
    ]
    for bit, execute, place, letter in _SPECIAL:
        if mode & bit:
            letters[place] = letter if mode & execute else letter.upper()
    return "".join(letters)


_SHORT = len("0755")
"""Numbers leave a directory's s bits alone, unless they are longer (chmod(1))."""


class Change:
    """What ``755`` or ``u+x,go-w`` does to a mode."""

    __slots__ = ("_all", "_clauses", "_octal", "_umask")

    def __init__(self, spec: str, umask: int) -> None:
        """``ValueError`` if *spec* is no mode.  *umask* counts where nobody is named."""
        self._umask = umask
        self._octal: int | None = None
        self._all = len(spec) > _SHORT
        self._clauses: list[tuple[str, str]] = []
        if _OCTAL.fullmatch(spec):
            self._octal = int(spec, 8)
            if self._octal <= PERMISSIONS:
                return
        else:
            for clause in spec.split(","):
                match = _CLAUSE.fullmatch(clause)
                if match is None:
                    break
                self._clauses.append((match[1], match[2]))
            else:
                return
        raise ValueError(spec)

    def __call__(self, mode: int) -> int:
        """The permission bits of what had *mode* before."""
        keep = mode & 0o6000 if is_dir(mode) else 0
        if self._octal is not None:
            return self._octal | (0 if self._all else keep)
        bits = mode & PERMISSIONS
        for who, actions in self._clauses:
            for sign, what in _ACTION.findall(actions):
                bits = self._act(bits, mode, who, sign, what)
        return bits

    def _act(self, bits: int, mode: int, who: str, sign: str, what: str) -> int:
        affected = 0
        for each in who or "a":
            affected |= _WHO[each]
        wanted = self._wanted(bits, mode, what) & affected
        if not who:
            wanted &= ~self._umask
        if sign == "+":
            return bits | wanted
        if sign == "-":
            return bits & ~wanted
        keep = 0o6000 if is_dir(mode) and not set(what) & set("st") else 0
        return bits & ~(affected & ~keep) | wanted

    @staticmethod
    def _wanted(bits: int, mode: int, what: str) -> int:
        if what in _SHIFTS and what:
            three = bits >> _SHIFTS[what] & 7
            return three << 6 | three << 3 | three
        wanted = 0
        for letter in what:
            if letter == "X":
                wanted |= _EVERYBODY if is_dir(mode) or bits & _EVERYBODY else 0
            else:
                wanted |= _BITS[letter]
        return wanted


def change(spec: str) -> Asking[Change | None]:
    """What *spec* does to a mode, for the caller's umask; None if it is no mode."""
    mask = yield Umask(0o077)
    yield Umask(mask)
    try:
        return Change(spec, mask)
    except ValueError:
        return None
