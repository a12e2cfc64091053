"""The words for looking back and explaining, that every prompt knows: ``undo``, ``branch``, ….

They are not of the language: no task performs them and the machine hears nothing of them.  A
function of the script that is called the same goes first.
"""

import os
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.lang.diagnostics import SyntaxProblem
from nsh.machine.program import Director
from nsh.session import scripting
from nsh.session.answers import EXIT, QUIT, Answer, Refused, Word, leaves, none
from nsh.session.branching import drawn, parted
from nsh.session.entries import Entry, changed, differing, entries
from nsh.session.exploring import asking
from nsh.session.history import Timeline
from nsh.session.naming import cid_pid
from nsh.session.session import Session
from nsh.session.wayfinding import DOING, WAYS, Marks

if TYPE_CHECKING:
    from nsh.lang import codes, compiler, parser, tree
    from nsh.session import statements
else:
    late(globals(), "nsh.lang", "codes", "compiler", "parser", "tree")
    late(globals(), "nsh.session", "statements")

MAIN: Final = "main"
UNDONE: Final = "undone"
"""Where a future is kept that something new has taken the place of."""
SHOWN: Final = 20
"""Entries that ``steps`` shows without a number."""

WORDS: Final = {
    "undo": Word("undo", "go back before the last command that changed something", "x=1\nundo"),
    "redo": Word("redo", "and forward again", "x=1\nundo\nredo"),
    "steps": Word("steps [N]", "the last N commands, with their steps", "x=1\nsteps"),
    "goto": Word(
        "goto STEP|MARK", "look at the moment after a step; 0 is the boot", "x=1\ngoto 0", "step"
    ),
    "diff": Word(
        "diff [STEP [STEP]]", "what differs between two moments", "spawn w\ndiff 0", "step"
    ),
    "changes": Word(
        "changes [on|off]", "tell after each command what it changed", "changes on", "switch"
    ),
    "branch": Word(
        "branch NAME",
        "go on in a history of its own, or go back to one",
        "branch what-if\nspawn w",
        "branch",
    ),
    "branches": Word("branches", "the histories there are", "branch other\nbranches"),
    "explain": Word(
        "explain [CODE]",
        "the last refusal in full, or what a code means",
        "kill -0 99 || true\nexplain\nexplain ESRCH",
        "code",
    ),
    "help": Word(
        "help [TOPIC]", "a command, a word, a policy, a mechanism, …", "help kill", "topic"
    ),
    **scripting.WORDS,
    **WAYS,
    **asking.WORDS,
    QUIT: Word("quit", "leave nsh, as exit does where init acts", "quit"),
}
"""In the order in which help lists them."""


COMMANDS_TOO: Final = frozenset({"help"})
"""Words that a task can perform as well."""
_FIRST: Final = re.compile(r"\s*(?P<word>[a-z]+)(?=[\s;&|<>]|\Z)")


class Words:
    """The words at one prompt."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.telling = False
        """Whether what each command changed is told."""
        self._last = ""
        """What was typed last, of what is for a task to perform."""
        self._branch = MAIN
        self._aside: dict[str, Timeline] = {}
        self.marks = Marks()
        self.columns = 80
        """Of the screen that answers are shown on."""

    def perform(self, text: str) -> Answer | None:
        """Do what *text* says if it is one of the words; None if it is for a task to perform.

        A future that is about to be lost to it is kept as a branch.
        """
        word, arguments = self._words(text)
        if not word:
            self._last = text
            if self.session.position < len(self.session.history) - 1 and not self._elsewhere():
                self._aside[UNDONE] = self.session.timeline()
            return None
        try:
            if arguments is None:
                raise Refused("a word of the prompt stands alone on its line")
            return _DOING[word](self, arguments)
        except Refused as refusal:
            return Answer(f"nsh: {word}: {refusal}", ok=False)

    def _words(self, text: str) -> tuple[str, list[str] | None]:
        """The word that *text* begins with, "" if with none; and what stands behind it, None if
        that is more than a word can take."""
        begun = _FIRST.match(text)
        word = begun["word"] if begun is not None else ""
        if text.strip() == EXIT and leaves(self.session.machine):
            word = text = QUIT
        if word not in _DOING or word in self.session.machine.get(Director, 0).scope.functions:
            return "", None
        try:
            statements = parser.parse(text, compiler.PROMPT).statements
        except SyntaxProblem:
            return "", None
        one = statements[0]
        if len(statements) == 1 and isinstance(one, tree.Simple) and one.block is None:
            spoken = [each.said(os.path.expanduser("~")) for each in one.words]
            found = [each for each in spoken if each is not None]
            if len(found) == len(one.words) and not (one.assignments or one.redirections):
                return word, found[1:]
        return ("" if word in COMMANDS_TOO else word), None

    @property
    def branches(self) -> list[str]:
        """The names of the histories."""
        return sorted([*self._aside, self._branch])

    def _elsewhere(self) -> bool:
        """Whether a branch has the future that is about to be lost."""
        last = len(self.session.history) - 1
        end = self.session.history[last]
        return any(
            len(one.history) > last and one.history[last] is end for one in self._aside.values()
        )

    def told(self, before: int) -> str:
        """What has changed since position *before*, if that is to be told."""
        history = self.session.history
        if not self.telling or not 0 <= before < len(history):
            return ""
        lines = differing(history[before].machine, self.session.machine)
        return "\n".join(lines) or "(nothing has changed)"

    # ---- going

    def _undo(self, arguments: Sequence[str]) -> Answer:
        none(arguments)
        session = self.session
        done = reversed(entries(session.history, session.position))
        for skipped, entry in enumerate(done):
            before = session.history[entry.start].machine
            if changed(before, session.history[entry.end].machine):
                session.goto(entry.start)
                return Answer(f"undone: {_first(entry)}{_skipped(skipped)}")
        raise Refused("nothing has been changed yet")

    def _redo(self, arguments: Sequence[str]) -> Answer:
        none(arguments)
        session = self.session
        coming = [one for one in entries(session.history) if one.end > session.position]
        for skipped, entry in enumerate(coming):
            before = session.history[entry.start].machine
            if changed(before, session.history[entry.end].machine):
                session.goto(entry.end)
                return Answer(f"done again: {_first(entry)}{_skipped(skipped)}")
        if session.position < len(session.history) - 1:
            session.goto(len(session.history) - 1)
            return Answer("nothing that is left changes anything; this is the present")
        raise Refused("this is the present")

    def _goto(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) != 1:
            raise Refused("it wants one STEP, or the name of a mark")
        self.session.goto(self.moment(arguments[0]))
        return Answer(self._where())

    def _where(self) -> str:
        session = self.session
        found = entries(session.history, session.position)
        if not found:
            behind = ", the boot"
        else:
            within = entries(session.history)[len(found) - 1].end > session.position
            behind = f", {'in the middle of' if within else 'after'}: {_first(found[-1])}"
        return f"step {session.position} of {len(session.history) - 1}{behind}"

    def moment(self, text: str) -> int:
        """The position that a step's number or a mark's name means; :class:`Refused`."""
        marked = self.marks.position(text, self.session.history)
        return self._step(text) if marked is None else marked

    def _step(self, text: str) -> int:
        last = len(self.session.history) - 1
        if not _is_number(text) or int(text) > last:
            other = " or mark" * (not _is_number(text))
            raise Refused(f"there is no step{other} {text}; the last step is {last}")
        return int(text)

    # ---- looking

    def _steps(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) > 1 or any(not _is_number(one) or not int(one) for one in arguments):
            raise Refused("it wants a number of commands, or nothing")
        session = self.session
        found = entries(session.history)
        shown = found[-(int(arguments[0]) if arguments else SHOWN) :]
        lines = []
        if len(shown) < len(found):
            lines.append(f"({len(found) - len(shown)} earlier ones: steps {len(found)})")
        width = 2 * len(str(len(session.history))) + 1
        for entry in shown:
            here = entry.start < session.position <= entry.end
            actor = session.history[entry.start].machine.get(Director, 0).actor
            who = cid_pid(session.history[entry.start].machine, actor)
            steps = f"{entry.start + 1}-{entry.end}"
            lines.append(f"{'>' if here else ' '} {steps:<{width}} {who}  {_first(entry)}")
        return Answer("\n".join(lines) or "nothing has been done yet")

    def _diff(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) > 2:
            raise Refused("it wants two STEPs at the most")
        history = self.session.history
        steps = [self.moment(one) for one in arguments]
        if not steps:
            steps = [done[-1].start if (done := entries(history, self.session.position)) else 0]
        one, other = steps[0], steps[1] if len(steps) > 1 else self.session.position
        lines = differing(history[one].machine, history[other].machine)
        return Answer("\n".join(lines) or f"steps {one} and {other} do not differ")

    def _changes(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) > 1 or any(one not in ("on", "off") for one in arguments):
            raise Refused("it is on or off")
        if arguments:
            self.telling = arguments[0] == "on"
        return Answer(f"changes are {'told' if self.telling else 'not told'}")

    def _explain(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) > 1:
            raise Refused("it wants one CODE, or nothing")
        if arguments:
            page = explained(arguments[0])
            if page is None:
                raise Refused(f"there is no code {arguments[0]}: NSH-E0101 is one, or ESRCH")
            return Answer(page)
        try:
            statements.pending(self._last, compiler.PROMPT)
        except SyntaxProblem as problem:  # it was no nsh script
            return Answer(f"{problem}\n\n{codes.page(problem.diagnostic.code)}")
        from nsh.session import explaining  # noqa: PLC0415  # few prompts are asked

        history, here = self.session.history, self.session.position
        return Answer(explaining.fitted(explaining.last(history, here), self.columns))

    def _help(self, arguments: Sequence[str]) -> Answer:
        from nsh.session import manual  # noqa: PLC0415  # which imports every command

        found = manual.page(arguments, self.columns)
        if found is None:
            topic = " ".join(arguments)
            raise Refused(f"there is no help on {topic!r}{manual.suggestion(arguments)}")
        return Answer(found.rstrip("\n"))

    # ---- branches

    def _branch_to(self, arguments: Sequence[str]) -> Answer:
        if len(arguments) != 1:
            raise Refused("it wants one NAME")
        (name,) = arguments
        if name == self._branch:
            raise Refused(f"this is {name}")
        known = self._aside.pop(name, None)
        if known is not None:
            return self._go_to(name, known)
        self._aside[self._branch] = self.session.timeline()
        self._branch = name
        return Answer(f"on {name}, from here on; the other history is kept")

    def _go_to(self, name: str, history: Timeline) -> Answer:
        self._aside[self._branch] = self.session.timeline()
        self._branch = name
        self.session.take_up(history)
        return Answer(f"on {name}: {self._where()}")

    def part(self, name: str, history: Timeline) -> Answer:
        """Go on in *history*, a branch of its own called *name*; Refused if there is one."""
        if name in self.branches:
            raise Refused(f"there is a branch {name} already")
        return self._go_to(name, history)

    def timelines(self) -> dict[str, Timeline]:
        """The histories there are, by name, the main one first."""
        every = {**self._aside, self._branch: self.session.timeline()}
        return {name: every[name] for name in sorted(every, key=lambda name: (name != MAIN, name))}

    @property
    def branch(self) -> str:
        """The name of the history that is gone on with."""
        return self._branch

    def _branches(self, arguments: Sequence[str]) -> Answer:
        none(arguments)
        return Answer("\n".join(drawn(parted(self.timelines(), self._branch))))

    def _quit(self, arguments: Sequence[str]) -> Answer:
        none(arguments)
        return Answer(leave=True)


def explained(code: str) -> str | None:
    """What there is to say about a code of an error or an errno; None if there is no such."""
    try:
        errno = Errno[code.upper()]
    except KeyError:
        return codes.page(code)
    return f"{errno.name} ({int(errno)}): {errno.text}\nSee:      errno(3)"


_DOING: Final[dict[str, Callable[[Words, Sequence[str]], Answer]]] = {
    "undo": Words._undo,
    "redo": Words._redo,
    "steps": Words._steps,
    "goto": Words._goto,
    "diff": Words._diff,
    "changes": Words._changes,
    "branch": Words._branch_to,
    "branches": Words._branches,
    "explain": Words._explain,
    "help": Words._help,
    **scripting.DOING,
    QUIT: Words._quit,
    **DOING,
    **asking.DOING,
}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _first(entry: Entry) -> str:
    line, more, _ = entry.text.partition("\n")
    return line + " …" * bool(more)


def _skipped(count: int) -> str:
    if not count:
        return ""
    return f" ({count} that changed nothing {'was' if count == 1 else 'were'} passed over)"
