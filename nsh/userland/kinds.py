"""The kinds of namespaces, by the letters, words and files that tools know them by."""

from typing import Final, NamedTuple

from msgspec.structs import replace

from nsh.abi.process import CloneFlag
from nsh.userland.options import Kind, Option, option


class NamespaceKind(NamedTuple):
    """One kind."""

    letter: str
    """As in ``-m``, or ""."""
    word: str
    """As in ``--mount``."""
    file: str
    """As in /proc/PID/ns."""
    flag: CloneFlag


KINDS: Final = (
    NamespaceKind("m", "mount", "mnt", CloneFlag.CLONE_NEWNS),
    NamespaceKind("u", "uts", "uts", CloneFlag.CLONE_NEWUTS),
    NamespaceKind("i", "ipc", "ipc", CloneFlag.CLONE_NEWIPC),
    NamespaceKind("n", "net", "net", CloneFlag.CLONE_NEWNET),
    NamespaceKind("p", "pid", "pid", CloneFlag.CLONE_NEWPID),
    NamespaceKind("U", "user", "user", CloneFlag.CLONE_NEWUSER),
    NamespaceKind("C", "cgroup", "cgroup", CloneFlag.CLONE_NEWCGROUP),
    NamespaceKind("T", "time", "time", CloneFlag.CLONE_NEWTIME),
    NamespaceKind("", "pts", "pts", CloneFlag.CLONE_NEWPTS),
    NamespaceKind("", "dev", "dev", CloneFlag.CLONE_NEWDEV),
    NamespaceKind("", "tty", "tty", CloneFlag.CLONE_NEWTTY),
)
"""In the order in which help lists them."""
BY_WORD: Final = {kind.word: kind for kind in KINDS}
BY_FILE: Final = {kind.file: kind for kind in KINDS}


def options_of(
    kinds: tuple[NamespaceKind, ...], whose: str, file: str = "", *, letters: bool = True
) -> list[Option]:
    """An option for each kind, ``-m, --mount``; help tells of all in the first one's line.

    With *file*, each may name the file that stands for the namespace; letters only if *letters*.
    """
    short = f"[{file}]" if file and letters else ""
    long = f"[={file}]" if file else ""
    first, *others = kinds
    listed = ", ".join(f"-{kind.letter} --{kind.word}".removeprefix("- ") for kind in others)
    more = "" if not file else f", or that of {file}" if letters else f", which {file} keeps"
    text = f"{whose} {first.word} namespace{more}; also {listed}"
    texts = [text, *("" for _ in others)]
    options = [
        option(
            f"{f'-{kind.letter}{short}, ' if kind.letter else ''}--{kind.word}{long}",
            said,
            Kind.PATH if file else Kind.NOTHING,
        )
        for kind, said in zip(kinds, texts, strict=True)
    ]
    return [
        replace(one, about=f"{whose} {kind.word} namespace")
        for one, kind in zip(options, kinds, strict=True)
    ]
