"""Programs and what became of them, as text to read (tests/kernel/transcripts).

A program starts with a line ``# title``.  Then, for each step::

    0> fork() as 1 = 2              puppet 0 makes a call; the newcomer is puppet 1; the answer
    1> wait4(-1, WUNTRACED) ...     this one has no answer yet,
    0> kill(2, SIGSTOP) = 0
    1< wait4 = [2, 0x137f]          and here it is
       2: state T                   what has changed about the thread that the world calls 2

Threads are told by their state (A alive, T stopped, Z zombie), their numbers in the world and
below, their parent, group and session (a number a level), and their signals: pending for the thread
and for the process, blocked, ignored and handled.

What is in the files is what Linux did, written by ``python -m tests.kernel._transcripts FILE…``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag, IdType, WaitOption
from nsh.abi.signals import How, SaFlag, Sig, bit
from tests.kernel._linux import Linux, Step

FOLDER: Final = Path(__file__).parent / "transcripts"
FIELDS: Final = (
    "state",
    "numbers",
    "parent",
    "group",
    "session",
    "pending",
    "shared",
    "blocked",
    "ignored",
    "handled",
)
_NAMES: Final[dict[str, int]] = {
    **{name: int(value) for name, value in CloneFlag.__members__.items()},
    **{name: int(value) for name, value in SaFlag.__members__.items()},
    **{name: int(value) for name, value in Sig.__members__.items()},
    **{name: int(value) for name, value in IdType.__members__.items()},
    **{name: int(value) for name, value in How.__members__.items()},
    **{name: int(value) for name, value in PrctlOption.__members__.items()},
    **{name: int(value) for name, value in WaitOption.__members__.items()},
    "INT_MIN": -(2**31),
}
_CALL: Final = re.compile(r"(\d+)> (\w+)\((.*)\)(?: as (\d+))?(?: = .*| \.\.\.)?$")
_ARGUMENT: Final = re.compile(r"[^,\[{]*[\[{][^\]}]*[\]}]|[^,]+")


class Transcript:
    """One program of a file."""

    def __init__(self, title: str, lines: list[str]) -> None:
        self.title = title
        self.text = "\n".join(lines)
        self.calls = [line for line in lines if re.match(r"\d+> ", line)]
        self.steps = [_step(line) for line in self.calls]

    def told(self, seen: list[dict[str, Any]]) -> str:
        """The program as text, with what was *seen*."""
        return "\n".join(self._lines(seen))

    def _lines(self, seen: list[dict[str, Any]]) -> Iterator[str]:
        world: dict[str, Any] = {"1": ["A", [1], 0, [1], [1], 0, 0, 0, 0, 0]}
        for number, (call, after) in enumerate(zip(self.calls, seen, strict=True)):
            match = _CALL.match(call)
            assert match is not None
            head = call[: match.end(4) if match[4] else call.index(")") + 1]
            answers = dict(after["answers"])
            if str(number) in answers:
                yield f"{head} = {_answer(answers.pop(str(number)))}"
            else:
                yield head if match[2].startswith("exit") else f"{head} ..."
            for which, answer in sorted(answers.items(), key=lambda entry: int(entry[0])):
                puppet, name, *_args = self.steps[int(which)]
                yield f"{puppet}< {name} = {_answer(answer)}"
            yield from _changes(world, after["world"])
            world = after["world"]


def _answer(answer: Any) -> str:
    if isinstance(answer, list) and len(answer) == 2:
        return f"[{answer[0]}, {answer[1]:#x}]"
    return str(answer)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for number in sorted(before.keys() | after.keys(), key=int):
        old, new = before.get(number), after.get(number)
        if new is None:
            yield f"   {number}: gone"
        elif old is None:
            yield f"   {number}: new, " + ", ".join(_fields([None] * len(FIELDS), new))
        elif old != new:
            yield f"   {number}: " + ", ".join(_fields(old, new))


def _fields(old: list[Any], new: list[Any]) -> Iterator[str]:
    for index, name in enumerate(FIELDS[: len(new)]):
        was = old[index] if index < len(old) else 0
        if new[index] == was or (was is None and new[index] == 0):
            continue
        value = new[index]
        if index > 4:
            value = "{" + ",".join(_signals(value)) + "}"
        elif isinstance(value, list):
            value = "/".join(map(str, value))
        yield f"{name} {value}"


def _signals(mask: int) -> list[str]:
    names = {int(signo): signo.name for signo in Sig}
    return [names.get(number, str(number)) for number in range(1, 65) if mask & bit(number)]


def _step(line: str) -> Step:
    match = _CALL.match(line)
    assert match is not None, line
    puppet, name, arguments, new = match.groups()
    values = [_value(word.strip()) for word in _ARGUMENT.findall(arguments)]
    if name == "fork":
        name, values = "clone", [0, int(Sig.SIGCHLD), []]
    if new is not None:
        values = [int(new), *values]
    return [int(puppet), name, *values]


def _value(word: str) -> Any:
    if word.startswith("["):
        return [int(number) for number in word[1:-1].split(",") if number.strip()]
    if word.startswith("{"):
        return sum(bit(_number(name.strip())) for name in word[1:-1].split(",") if name.strip())
    if word.startswith("'"):
        return word.strip("'")
    value = 0
    for name in word.split("|"):
        value |= _number(name)
    return value


def _number(word: str) -> int:
    return _NAMES[word] if word in _NAMES else int(word, 0)


def read_all() -> dict[str, Transcript]:
    """All programs by "FILE: title"."""
    paths = sorted(FOLDER.glob("*.txt"))
    return {f"{path.stem}: {each.title}": each for path in paths for each in read(path)}


def read(path: Path) -> list[Transcript]:
    """The programs of a file."""
    found: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return [Transcript(title, lines) for title, lines in found]


def write(path: Path) -> None:
    """Have the programs of a file performed by this machine's kernel, and write what was seen."""
    linux = Linux()
    transcripts = read(path)
    parts = [f"# {each.title}\n{each.told(linux.play(each.steps))}\n" for each in transcripts]
    linux.close()
    path.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(Path(name))
