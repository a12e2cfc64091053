"""The command line of ``spawn``: what is to be cloned, how often, and what it is called."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from nsh.abi.process import Clone, CloneFlag
from nsh.lang.mistakes import UsageProblem
from nsh.machine.program import Code, Frame
from nsh.machine.record import Record

MOUNT_PROC: Final = "mount --make-rprivate / && mount -t proc proc /proc"
"""What a child of ``spawn --mount-proc`` does first, as unshare(1) does."""
MAX_CHILDREN: Final = 1_000_000
USAGE: Final = (
    "spawn [-n COUNT] [--pid] [--uts] [--ipc] [--mount] [--mount-proc] [--net] [--user] "
    "[--cgroup] [--time] [--pts] [--dev] [--tty] [--thread] [--set-tid PID[,PID…]] NAME [{ … }]"
)

_LABEL: Final = r"[A-Za-z_][A-Za-z0-9_.+-]*"
_THREAD: Final = (
    CloneFlag.CLONE_VM
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_THREAD
)
_WITHOUT_SIGNAL: Final = CloneFlag.CLONE_THREAD | CloneFlag.CLONE_PARENT
"""clone3(2) takes no exit signal with these: a thread has none, a sibling the caller's."""
_FLAGS: Final = {
    "mount": CloneFlag.CLONE_NEWNS,
    "uts": CloneFlag.CLONE_NEWUTS,
    "ipc": CloneFlag.CLONE_NEWIPC,
    "net": CloneFlag.CLONE_NEWNET,
    "pid": CloneFlag.CLONE_NEWPID,
    "user": CloneFlag.CLONE_NEWUSER,
    "cgroup": CloneFlag.CLONE_NEWCGROUP,
    "time": CloneFlag.CLONE_NEWTIME,
    "pts": CloneFlag.CLONE_NEWPTS,
    "dev": CloneFlag.CLONE_NEWDEV,
    "tty": CloneFlag.CLONE_NEWTTY,
    "mount-proc": CloneFlag.CLONE_NEWNS,
    "thread": _THREAD,
    "parent": CloneFlag.CLONE_PARENT,
}
_LETTERS: Final = {
    "m": "mount",
    "u": "uts",
    "i": "ipc",
    "p": "pid",
    "U": "user",
    "C": "cgroup",
    "T": "time",
    "t": "thread",
    "n": "count",
}
"""As unshare(1) has them, but that ``-n`` counts."""
_VALUED: Final = frozenset({"count", "set-tid"})
OPTIONS: Final = (*sorted(_FLAGS), *sorted(_VALUED))


class Order(Record):
    """What a ``spawn`` asks for."""

    requests: tuple[Clone, ...]
    """One for each child."""
    mount_proc: bool


def parse_spawn(argv: tuple[str, ...]) -> Order:
    """Take the words behind ``spawn`` apart.  Raises UsageProblem."""
    options: dict[str, str] = {}
    names: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            names += words
        elif word.startswith("--"):
            _long(options, word, words)
        elif word.startswith("-") and len(word) > 1:
            _letters(options, word, words)
        else:
            names.append(word)
    if len(names) != 1:
        raise UsageProblem("spawn wants one NAME" if not names else "spawn takes one NAME only")
    name = names[0]
    if re.fullmatch(_LABEL, name) is None:
        raise UsageProblem(
            f"{name!r} cannot be a label: it has ASCII letters, digits and `_.+-`, and begins with "
            "a letter or `_`"
        )
    flags = 0
    for option in options:
        flags |= _FLAGS.get(option, 0)
    count = _number(options["count"]) if "count" in options else 1
    if count > MAX_CHILDREN:
        raise UsageProblem(f"spawn makes at most {MAX_CHILDREN} at a time")
    wanted = tuple(_number(pid) for pid in options.get("set-tid", "").split(",") if pid)
    if wanted and count > 1:
        raise UsageProblem("--set-tid is for one child")
    exit_signal = 0 if flags & _WITHOUT_SIGNAL else Clone().exit_signal
    labels = [name] if count == 1 else [f"{name}.{i}" for i in range(1, count + 1)]
    requests = tuple(Clone(flags, exit_signal, wanted, label) for label in labels)
    return Order(requests, "mount-proc" in options)


def _long(options: dict[str, str], word: str, words: Iterator[str]) -> None:
    name, equals, value = word[2:].partition("=")
    if name not in _FLAGS and name not in _VALUED:
        raise UsageProblem(f"spawn has no option --{name}", f"--{name}", _long_names())
    if name not in _VALUED:
        if equals:
            raise UsageProblem(f"--{name} takes no value")
        options[name] = ""
        return
    options[name] = value if equals else _next(words, word)


def _letters(options: dict[str, str], word: str, words: Iterator[str]) -> None:
    for index, letter in enumerate(word[1:], 2):
        name = _LETTERS.get(letter)
        if name is None:
            raise UsageProblem(f"spawn has no option -{letter}")
        if name in _VALUED:
            options[name] = word[index:] or _next(words, f"-{letter}")
            return
        options[name] = ""


def _next(words: Iterator[str], option: str) -> str:
    value = next(words, None)
    if value is None:
        raise UsageProblem(f"{option} wants a value")
    return value


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise UsageProblem(f"{text!r} is no positive number")
    return int(text)


def _long_names() -> tuple[str, ...]:
    return tuple(f"--{name}" for name in OPTIONS)


def frames(order: Order, block: Code | None) -> tuple[Frame, ...]:
    """What a child performs, the last first; empty: nothing, it waits to be told."""
    own = () if block is None else (Frame(block),)
    return (*own, Frame(mount_proc())) if order.mount_proc else own


@cache
def mount_proc() -> Code:
    """The code of :data:`MOUNT_PROC`."""
    from nsh.lang.compiler import code_at  # noqa: PLC0415  # the compiler parses spawn's options

    return code_at(MOUNT_PROC, 0, len(MOUNT_PROC), "--mount-proc")
