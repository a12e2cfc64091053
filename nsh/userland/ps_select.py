"""Which processes ps shows: the lists of its command line, and what it takes without any."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from nsh.abi import KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import S_IFCHR, S_IFMT
from nsh.abi.process import Getuid
from nsh.userland.options import Given, UsageError
from nsh.userland.proc import Process, small_file, terminal_name
from nsh.userland.ps_columns import COLUMNS
from nsh.userland.refs import pid_of
from nsh.userland.streams import Asking
from nsh.userland.users import Names

Test = Callable[[Process], bool]

BSD_LETTERS = frozenset("axufjlrhwTH")
"""What may stand in a word without a dash: ``ps aux``."""


_DEVICES = ("/dev/pts/{}", "/dev/{}", "/dev/tty{}", "/dev/pty{}", "/dev/{}nsole")


def letters_of(operands: Sequence[str]) -> tuple[str, list[str]]:
    """The BSD letters among the operands, and the rest: pids and references."""
    letters = "".join(word for word in operands if BSD_LETTERS.issuperset(word))
    return letters, [word for word in operands if not BSD_LETTERS.issuperset(word)]


def bsd_lists(argv: Sequence[str]) -> Sequence[str]:
    """``ps axo pid,comm`` and ``ps p 1,2`` as ``ps ax -o pid,comm`` and ``ps 1 2``: BSD letters
    whose last one takes the next word, where that can be what it takes."""
    words: list[str] = []
    rest = iter(argv)
    for word in rest:
        letter = word[-1:]
        if letter not in _TAKES or not BSD_LETTERS.issuperset(word[:-1]):
            words.append(word)
            continue
        following = next(rest, None)
        if following is not None and _TAKES[letter](following):
            words += filter(None, [word[:-1]])
            words += ["-o", following] if letter == "o" else following.split(",")
        else:
            words += [word] if following is None else [word, following]
    return words


_TAKES: Final[dict[str, Callable[[str], bool]]] = {
    "o": lambda text: re.split("[,=:]", text)[0] in COLUMNS,
    "p": lambda text: text.replace(",", "").isdigit(),
}


def selection(given: Given, letters: str, refs: list[str], names: Names) -> Asking[Test]:
    """The test that decides whether a process is shown.  ESRCH for an unknown reference."""
    tests = yield from _lists(given, refs, names)
    if given.has("every") or ("a" in letters and "x" in letters):
        tests = [lambda process: True]
    elif given.has("a"):
        tests.append(lambda process: process.tty != 0 and not _leads(process))
    elif given.has("d"):
        tests.append(lambda process: not _leads(process))
    elif not tests:
        tests = [(yield from _default(letters))]

    def chosen(process: Process) -> bool:
        return any(test(process) for test in tests) is not given.has("deselect")

    if "r" in letters:
        return lambda process: process.state in "RD" and chosen(process)
    return chosen


def _leads(process: Process) -> bool:
    return process.session == process.tgid


def _default(letters: str) -> Asking[Test]:
    """Mine, on my terminal; with BSD letters: mine on any terminal, ``a`` everybody's, ``x`` also
    without one."""
    ids = yield Getuid()
    if letters.strip("fhwHjlr") or "T" in letters:
        own = ids.euid
        if "T" not in letters:
            return lambda p: ("a" in letters or p.uid() == own) and ("x" in letters or p.tty != 0)
    try:
        me = Process("/proc/self", 0, (yield from small_file("/proc/self/stat")))
    except (KernelError, ValueError):
        raise UsageError("fatal library error, lookup self") from None
    if "T" in letters:
        return lambda p: p.tty == me.tty
    return lambda p: p.tty == me.tty and p.uid() == ids.euid


def _lists(given: Given, refs: list[str], names: Names) -> Asking[list[Test]]:
    """A test for each kind of list; one that is not empty is enough to be shown."""
    tests: list[Test] = []
    pids = yield from _numbers([*given.all("pid"), *refs])
    if pids:
        tests.append(lambda p: p.tgid in pids)
    parents = yield from _numbers(given.all("ppid"))
    if parents:
        tests.append(lambda p: p.ppid in parents)
    sessions = yield from _numbers(given.all("sid"))
    if sessions:
        tests.append(lambda p: p.session in sessions)
    commands = set(_words(given.all("C")))
    if commands:
        tests.append(lambda p: p.comm in commands)
    devices = yield from _terminals(given.all("tty"))
    if devices:
        tests.append(lambda p: p.tty in devices)
    tests += _places((), given.all("user"), given.all("User"), names)
    return tests


def _terminals(values: Sequence[str]) -> Asking[set[int]]:
    """Their device numbers, 0 for none at all."""
    words = _words(values)
    if values and not words:
        raise UsageError("list of terminals (pty, tty...) must follow -t")
    found = set()
    for word in words:
        found.add((yield from _device(word)))
    return found


def _device(word: str) -> Asking[int]:
    """``/dev/pts/0``, ``pts/0``, ``0``, ``1`` or ``-``: the first that is there (parse_tty)."""
    for path in [word] if word.startswith("/") else [each.format(word) for each in _DEVICES]:
        try:
            stat: StatResult = yield Stat(path)
        except KernelError:
            continue
        if stat.mode & S_IFMT != S_IFCHR:
            raise UsageError("list member was not a TTY")
        return stat.rdev
    if word in ("-", "?"):
        return 0
    raise UsageError("TTY could not be found")


def by_lists(given: Given, names: Names) -> Asking[list[Test]]:
    """The tests of pgrep: all of them have to hold."""
    tests: list[Test] = []
    parents = yield from _numbers(given.all("parent"))
    if parents:
        tests.append(lambda p: p.ppid in parents)
    groups = yield from _numbers(given.all("pgroup"))
    if groups:
        tests.append(lambda p: p.pgrp in groups)
    sessions = yield from _numbers(given.all("session"))
    if sessions:
        tests.append(lambda p: p.session in sessions)
    tests += _places(given.all("terminal"), given.all("euid"), given.all("uid"), names)
    gids = _groups(given.all("group"), names)
    if gids:
        tests.append(lambda p: p.gid(0) in gids)
    return tests


def _places(
    terminals: Sequence[str], effective: Sequence[str], real: Sequence[str], names: Names
) -> list[Test]:
    """Tests for terminals and users, one for each list that is not empty."""
    tests: list[Test] = []
    paths = {_terminal(word) for word in _words(terminals)}
    if paths:
        tests.append(lambda p: terminal_name(p.tty) in paths)
    uids = _users(effective, names)
    if uids:
        tests.append(lambda p: p.uid() in uids)
    ruids = _users(real, names)
    if ruids:
        tests.append(lambda p: p.uid(0) in ruids)
    return tests


def _words(values: Sequence[str]) -> list[str]:
    return [word for value in values for word in value.replace(",", " ").split()]


def _numbers(values: Sequence[str]) -> Asking[set[int]]:
    complaint = "process ID list syntax error"
    found = set()
    for word in _words(values):
        pid = yield from pid_of(word)
        if pid < 0:
            raise UsageError(complaint)
        found.add(pid)
    if values and not found:
        raise UsageError(complaint)
    return found


def _users(values: Sequence[str], names: Names) -> set[int]:
    return _ids(values, names.uid, "user name does not exist")


def _groups(values: Sequence[str], names: Names) -> set[int]:
    return _ids(values, names.gid, "invalid group name")


def _ids(values: Sequence[str], find: Callable[[str], int | None], complaint: str) -> set[int]:
    found = set()
    for word in _words(values):
        number = find(word)
        if number is None:
            raise UsageError(f"{complaint}: {word}")
        found.add(number)
    return found


def _terminal(word: str) -> str:
    """``/dev/pts/0``, ``pts/0`` or ``-`` as the column has it."""
    return "?" if word == "-" else word.removeprefix("/dev/")
