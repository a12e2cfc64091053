"""A refusal in full: who asked what, the rule with its values, since when it holds, and what could
be done instead.

Nothing of this is written down anywhere beforehand.  Machines are values, so earlier ones can be
asked the same, and what might help is tried on a copy and only told if it does.
"""

import re
from collections.abc import Iterator, Sequence, Set
from textwrap import wrap
from typing import Final, NamedTuple

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Write
from nsh.abi.request import Failure
from nsh.kernel import pids, policies, refs
from nsh.lang.compiler import PROMPT
from nsh.lang.manual import CONSTRUCTS
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Director, Labels
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, begin
from nsh.session import trace
from nsh.session.answers import Refused
from nsh.session.entries import Entry, entries
from nsh.session.history import Step
from nsh.session.naming import cid_pid
from nsh.session.session import Session
from nsh.spelling import nearest
from nsh.userland.registry import commands

TRIED: Final = 5_000
"""Steps that one try may take."""
LOOKED_BACK: Final = 200
"""Commands that are looked back at most."""
INSTEAD: Final = 3
"""Ways out that are told."""
ACTORS: Final = 12
"""Tasks that are tried as who else might do it."""
_LABEL: Final = 10
"""How wide labels are."""
_PAGE: Final = re.compile(r"[a-z_0-9]+\([0-9]\)")
_NUMBER: Final = re.compile(r"(?<![\w:.-])[0-9]+(?![\w:.])")
_TOLD: Final = re.compile(r"((?:as\s+)?(\S+)\s+)([^;&|\n]+|\{.*\})\s*", re.DOTALL)


class Refusal(NamedTuple):
    """What was refused."""

    step: Step
    position: int
    entry: Entry


class Told(NamedTuple):
    """``as REF COMMAND`` or ``REF COMMAND``, taken apart."""

    prefix: str
    """What stands in front of the command."""
    task: TaskId
    command: str


def last_refusal(history: Sequence[Step], last: int) -> Refusal | None:
    """The last call up to position *last* that was refused for a reason, and counts."""
    for entry in reversed(entries(history, last)):
        refused = _refused(history[entry.start + 1 : entry.end + 1])
        if refused is not None:
            position = entry.start + 1 + refused
            failure = history[position].failure
            if failure is not None and failure.reason:
                return Refusal(history[position], position, entry)
    return None


def _refused(steps: Sequence[Step]) -> int | None:
    """Which step's refusal counts: the last that somebody was told of; where nobody was, but a
    statement failed, the last.  A command that tries this and that and succeeds was refused
    nothing."""
    failures: list[tuple[int, bytes]] = []
    told: int | None = None
    failed = False
    for at, step in enumerate(steps):
        failed = failed or step.failed
        if step.failure is not None:
            failures.append((at, (step.failure.reason or step.failure.errno.name).encode()))
        elif isinstance(step.request, Write):
            data = step.request.data
            told = next((each for each, why in reversed(failures) if why in data), told)
    if told is None and failed and failures:
        return failures[-1][0]
    return told


def last(history: Sequence[Step], here: int) -> str:
    """The page on the last refusal up to position *here*, and that it is older than what has
    failed since by itself.  :class:`Refused` if there is none."""
    refusal = last_refusal(history, here)
    done = entries(history, here)
    failed = _failed_by_itself(history, done[-1], refusal) if done else ""
    if refusal is None:
        raise Refused(failed or "no system call has been refused yet")
    page = explain(history, refusal)
    return f"{failed}.\nThe last that was:\n\n{page}" if failed else page


def _failed_by_itself(history: Sequence[Step], entry: Entry, refusal: Refusal | None) -> str:
    """That *entry* failed, if none of its system calls was refused; else ""."""
    steps = history[entry.start + 1 : entry.end + 1]
    refused = refusal is not None and refusal.entry == entry
    if refused or not any(step.failed for step in steps):
        return ""
    line = entry.text.partition("\n")[0]
    return f"`{line}` failed by itself: no system call of it was refused"


def explain(history: Sequence[Step], refusal: Refusal) -> str:
    """The whole page."""
    step, entry = refusal.step, refusal.entry
    failure = step.failure
    assert failure is not None
    before = history[entry.start].machine
    text = entry.text
    told = _told(before, text, step.task)
    head = f"{failure.errno.text} ({failure.errno.name}), at step {refusal.position}: {text}"
    lines = [head.partition("\n")[0]]
    lines += _labelled("Asked", [_asked(history, refusal)])
    lines += _labelled("Rule", [failure.reason])
    lines += _labelled("Since", [_since(history, entry, failure, told)])
    lines += _labelled("Instead", list(_instead(before, text, told)))
    lines += _labelled("Debate", list(_debates(before, text)))
    lines += _labelled("See", [", ".join(_pages(step, text))])
    return "\n".join(lines)


def fitted(page: str, columns: int) -> str:
    """*page* in lines of at most *columns*, but for commands, which are to be taken as they are."""
    lines, label = [], ""
    for line in page.splitlines():
        label = line[:_LABEL].strip() or label
        if label == "Instead:" or len(line) <= columns:
            lines.append(line)
        else:
            indent = " " * _LABEL
            lines += wrap(line, columns, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines)


def _labelled(label: str, values: Sequence[str]) -> list[str]:
    heads = [f"{label}:", *[""] * len(values)]
    return [f"{head:<{_LABEL}}{value}" for head, value in zip(heads, values, strict=False) if value]


def _asked(history: Sequence[Step], refusal: Refusal) -> str:
    step = refusal.step
    machine = history[refusal.position - 1].machine
    task = machine.find(Task, step.task)
    who = f"{cid_pid(machine, step.task)} {task.comm}:" if task is not None else ""
    if step.request is None:
        return f"{who} no system call; it is nsh itself that refuses"
    return trace.line(machine, step.request, step.reply, step.crossings, who)


def _told(machine: Machine, text: str, task: TaskId) -> Told | None:
    """*text* taken apart, if it has *task*, who was refused something, perform a command."""
    match = _TOLD.fullmatch(text)
    if match is None:
        return None
    try:
        named = refs.find(begin(machine), machine.get(Director, 0).actor, match[2])
    except KernelError:
        return None
    return Told(match[1], task, match[3]) if named == task else None


# ---- since when


def _since(history: Sequence[Step], entry: Entry, failure: Failure, told: Told | None) -> str:
    """The command that made the difference: before it, the same would have gone otherwise.  What
    a task was told is asked of that very task, whatever it was called then."""
    done = [one for one in entries(history, entry.start) if one.end <= entry.start]
    for earlier in reversed(done[-LOOKED_BACK:]):
        machine = history[earlier.start].machine
        steps = f"steps {earlier.start + 1}-{earlier.end}"
        line = earlier.text.partition("\n")[0]
        text = entry.text
        if told is not None:
            if machine.find(Task, told.task) is None:
                name = told.prefix.split()[-1]
                return f"{line}   ({steps}; {name} began there, and it was never otherwise)"
            text = f"as {cid_pid(machine, told.task)} {told.command}"
        otherwise = outcome(machine, text)
        if otherwise is None or otherwise.errno is not failure.errno:
            went = "succeeded" if otherwise is None else f"failed with {otherwise.errno.name}"
            return f"{line}   ({steps}; before, it would have {went})"
    if len(done) > LOOKED_BACK:
        return f"more than {LOOKED_BACK} commands ago"
    return "the boot: it was never otherwise"


def outcome(machine: Machine, text: str) -> Failure | None:
    """How *text* would fail on *machine*; None if it would not."""
    session = Session(machine=machine, max_steps=TRIED)
    try:
        steps = list(session.performing(text, PROMPT))
    except KernelError as error:
        return Failure(error.errno, error.reason)
    refused = _refused(steps)
    if refused is not None:
        return steps[refused].failure
    return Failure(Errno.EINVAL, "") if any(step.failed for step in steps) else None


# ---- what instead


def _instead(machine: Machine, text: str, told: Told | None) -> Iterator[str]:
    """Commands near this one that would be allowed."""
    found = 0
    tried = {text}
    for other in _variants(machine, text, told):
        if other in tried:
            continue
        tried.add(other)
        if outcome(machine, other) is None:
            yield other
            found += 1
            if found == INSTEAD:
                return


def _variants(machine: Machine, text: str, told: Told | None) -> Iterator[str]:
    """The command with other names for whom it may have meant, then by other tasks."""
    tx = begin(machine)
    director = machine.get(Director, 0).actor
    prefix, actor, command = ("", director, text) if told is None else told
    me = machine.find(Task, actor)
    if me is None:
        return
    spaces = machine.get(PidSpace, me.space).path
    for match in _NUMBER.finditer(command):
        for space in spaces[:-1]:  # the number may have been read from further up
            meant = pids.lookup(tx, space, int(match[0])) if refs.is_number(match[0]) else None
            whom = None if meant is None else machine.find(Task, meant)
            seen = 0 if whom is None else pids.number(tx, whom, me.space)
            if seen:
                yield prefix + command[: match.start()] + str(seen) + command[match.end() :]
    labels = machine.find(Labels, 0)
    first, blank, rest = command.partition(" ")
    word = "" if commands.find(first) else nearest(first, [*commands.names(), *CONSTRUCTS])
    if word:
        yield f"{prefix}{word}{blank}{rest}"
    names = (
        []
        if labels is None
        else sorted(n for n, t in labels.by_name.items() if machine.find(Task, t))
    )
    for word in command.split()[1:]:
        near = nearest(word, names) if word not in names else ""
        if near:
            yield prefix + command.replace(word, near, 1)
    if told is not None:
        yield command
    plain = re.fullmatch(r"[\w./: -]+|\{.*\}", command, re.DOTALL) is not None
    for ref in _others(machine, {actor, director}):
        yield f"as {ref} {command}" if plain else f"as {ref} {{ {command} }}"


def _others(machine: Machine, actors: Set[TaskId]) -> Iterator[str]:
    """Who else might do it: the inits first, then everybody."""
    tx = begin(machine)
    tasks = [
        (task.pids[-1] != 1, key)
        for key, task in machine.items(Task)[: ACTORS * 10]
        if key not in actors and task.state is not State.ZOMBIE and task.leader == key
    ]
    labels = machine.find(Labels, 0)
    by_task = {} if labels is None else {task: name for name, task in labels.by_name.items()}
    for _later, key in sorted(tasks)[:ACTORS]:
        task = machine.get(Task, key)
        yield by_task.get(TaskId(key)) or f"{refs.cid_of(tx, task.space)}:{task.pids[-1]}"


def _debates(machine: Machine, text: str) -> Iterator[str]:
    """The positions under which it would be allowed as it stands."""
    for policy in policies.policies():
        now = policies.value(machine, policy)
        for value in policy.values:
            if value != now and outcome(machine, f"policy {policy.name} {value}; {text}") is None:
                yield f"policy {policy.name} {value}   ({policy.summary})"


def _pages(step: Step, text: str) -> Iterator[str]:
    """Where to read on: of the system call, of the command."""
    page = _PAGE.match(type(step.request).__doc__ or "")
    if page is not None:
        yield page[0]
    for word in text.split()[:4]:
        command = commands.find(word)
        if command is not None:
            if command.man:
                yield command.man
            yield f"help {command.name}"
            return
