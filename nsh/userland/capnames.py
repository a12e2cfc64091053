"""Capabilities and securebits by the names that setpriv(1) and libcap know them by."""

import re
from typing import Final

from nsh.abi.capabilities import ALL, Cap, Secure
from nsh.userland.options import UsageError

_CLAUSE: Final = re.compile(r"([a-zA-Z0-9_,]*)([=+-][eip]*(?:[+-][eip]+)*)")
_CHANGE: Final = re.compile(r"([=+-])([eip]*)")
BITS: Final = {bit.name.removeprefix("SECBIT_").lower(): bit for bit in Secure if bit.name}


def listed(caps: int) -> str:
    """As setpriv(1) shows a set."""
    return ",".join(cap.short for cap in Cap if caps >> cap & 1) or "[none]"


def changed(caps: int, text: str) -> int:
    """*caps* with what *text* adds and takes away: ``-all,+chown``."""
    for word in text.split(","):
        sign, name = word[:1], word[1:].lower().removeprefix("cap_")
        if sign not in ("+", "-") or not name:
            raise UsageError(f"bad capability string '{text}': it is like +chown,-kill,-all")
        bits = ALL if name == "all" else 1 << number(name)
        caps = caps | bits if sign == "+" else caps & ~bits
    return caps


def number(name: str) -> Cap:
    """The capability called *name*, with ``cap_`` or without, or by number (``cap_21``)."""
    name = name.lower().removeprefix("cap_")
    for cap in Cap:
        if name in (cap.short, str(int(cap))):
            return cap
    raise UsageError(f"unknown capability '{name}'")


def of_list(text: str) -> int:
    """The set that a list of names means: ``chown,kill``, ``all``, ``none`` or hexadecimal."""
    if text in ("", "none"):
        return 0
    if text == "all":
        return ALL
    if text.startswith("0x"):
        try:
            return int(text, 16)
        except ValueError:
            raise UsageError(f"'{text}' is no set of capabilities") from None
    caps = 0
    for name in text.split(","):
        caps |= 1 << number(name)
    return caps


def libcap(effective: int, permitted: int, inheritable: int) -> str:
    """As cap_to_text(3) has it: ``=ep``, ``cap_chown=ep``, ``=ep cap_kill-e``: what most have,
    and then how others differ."""
    kinds = [
        (effective >> cap & 1) | (permitted >> cap & 1) << 1 | (inheritable >> cap & 1) << 2
        for cap in Cap
    ]
    counts = [kinds.count(kind) for kind in range(8)]
    most = max(range(8), key=lambda kind: (counts[kind], kind))
    words = [f"={_letters(most)}"] if most else []
    for kind in range(7, -1, -1):
        if kind == most or not counts[kind]:
            continue
        names = ",".join(f"cap_{cap.short}" for cap in Cap if kinds[cap] == kind)
        more, less = kind & ~most, most & ~kind
        sign = "+" if words else "="
        text = names + (f"{sign}{_letters(more)}" if more else "")
        words.append(text + (f"-{_letters(less)}" if less else ""))
    return " ".join(words) or "="


def of_text(text: str) -> tuple[int, int, int]:
    """Effective, permitted and inheritable, as cap_from_text(3) reads them: ``cap_chown=ep``,
    ``all=p cap_kill-p``."""
    bad = UsageError(f"bad capabilities '{text}': they are like cap_chown,cap_kill=ep")
    sets = dict.fromkeys("epi", 0)
    for clause in text.split():
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            raise bad
        names, changes = found.groups()
        caps = ALL
        if names and names.lower() != "all":
            words = names.lower().split(",")
            if not all(word.startswith("cap_") ^ word[-1:].isdigit() for word in words):
                raise bad
            caps = sum({1 << number(word) for word in words})
        elif not names and changes[0] != "=":
            raise bad
        for sign, letters in _CHANGE.findall(changes):
            for flag in "epi":
                if sign == "=" or (sign == "-" and flag in letters):
                    sets[flag] &= ~caps
                if sign != "-" and flag in letters:
                    sets[flag] |= caps
    return sets["e"], sets["p"], sets["i"]


def _letters(kind: int) -> str:
    return ("e" if kind & 1 else "") + ("i" if kind & 4 else "") + ("p" if kind & 2 else "")


def bits_listed(bits: int) -> str:
    """As setpriv(1) shows securebits."""
    return ",".join(name for name, bit in BITS.items() if bits & bit) or "[none]"


def bits_changed(bits: int, text: str) -> int:
    """*bits* with what *text* adds and takes away: ``+noroot,-keep_caps``."""
    for word in text.split(","):
        sign, name = word[:1], word[1:]
        if sign not in ("+", "-"):
            raise UsageError(f"bad securebits string '{text}': it is like +noroot,-noroot_locked")
        if name == "all":
            wanted = sum(int(bit) for bit in BITS.values())
        elif name in BITS:
            wanted = int(BITS[name])
        else:
            raise UsageError(f"unrecognized securebit '{name}'")
        bits = bits | wanted if sign == "+" else bits & ~wanted
    return bits
