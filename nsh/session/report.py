"""What a script did, for machines to read: JSON lines, TAP, JUnit.

One JSON object a statement, in one line::

    {"line": 3, "task": "0:1", "command": "ps", "stdout": "…", "errno": null, "status": 0,
     "changes": ["+Task[103]", "~PidSpace[1]"], "stderr": "", "detail": ""}

``task`` is who performed it, ``errno`` the last refusal that failed it (null if it did not
fail), ``changes`` the rows that it wrote, as table and key, ``detail`` what nsh itself has to
say.  The fields are stable.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from nsh.lang.actions import Expected, Finished
from nsh.machine.program import Director
from nsh.machine.value import Machine
from nsh.session.history import Place, Step, called


class Line(msgspec.Struct):
    """One statement, as ``--json`` tells it."""

    line: int
    task: str
    command: str
    stdout: str
    errno: str | None
    status: int
    changes: list[str]
    stderr: str
    detail: str


class Check(msgspec.Struct):
    """One ``expect``, or a statement that failed without one."""

    ok: bool
    name: str
    line: int
    text: str
    detail: str


class CheckLine(msgspec.Struct):
    """The same, as ``check --json`` tells it.  The fields are stable."""

    file: str
    line: int
    command: str
    ok: bool
    detail: str


_ENCODER: Final = msgspec.json.Encoder()


def statements(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Group *steps* by the statement they belong to; narration is left out."""
    group: list[Step] = []
    for step in steps:
        if group and step.cursor != group[0].cursor:
            yield group
            group = []
        if heard_of(step):
            group.append(step)
    if group:
        yield group


def heard_of(step: Step) -> bool:
    """Whether it is a step of a statement, and no narration."""
    return bool(step.request or step.action or step.message or step.output)


def json_line(group: list[Step], who: str, status: int, halted: str = "") -> str:
    """The JSON line of one statement, whose steps are *group*; *who* began it, as ``cid:pid``.

    *status* is ``$?`` where no machine tells it, *halted* the kernel's last words if it was the
    last.
    """
    end = next((s.action for s in reversed(group) if isinstance(s.action, Finished)), None)
    failure = next((s.failure for s in reversed(group) if s.failure is not None), None)
    failed = any(step.failed for step in group)
    changes: dict[str, None] = {}
    for step in group:
        changes.update(dict.fromkeys(repr(change) for change in step.changes()))
    place = group[0].place
    return _ENCODER.encode(
        Line(
            line=place.line,
            task=who,
            command=place.text,
            stdout=_written(group, errors=False),
            errno=failure.errno.name if failed and failure is not None else None,
            status=end.status if end is not None else _status(group[-1].machine, status),
            changes=sorted(changes),
            stderr=_written(group, errors=True),
            detail="\n".join(filter(None, [*map(_told, group), halted])),
        )
    ).decode()


def _written(group: list[Step], *, errors: bool) -> str:
    return "".join(out.text for step in group for out in step.output if (out.fd == 2) is errors)


def _told(step: Step) -> str:
    """What nsh itself has to say of a step."""
    where = f"{step.where}: " if step.failed else ""
    return where + step.message if step.message else step.broke_off("")


def _status(machine: Machine, known: int) -> int:
    """``$?`` of a statement that did not come to its own end: killed, or given up."""
    director = machine.find(Director, 0)  # of real processes there is no machine
    return known if director is None else director.scope.status


def checks(steps: Iterable[Step]) -> list[Check]:
    """Every expectation that was met or not, and every other failure, where it stands."""
    found = []
    said, cursor = "", 0
    for step in steps:
        place = step.place
        if step.cursor != cursor:
            said, cursor = "", step.cursor
        said += _written([step], errors=True)
        if isinstance(step.action, Expected):
            action = step.action
            text, line = " ".join(action.text.split()), place.line
            if action.site.name == place.name:
                line = action.site.line
            found.append(Check(action.ok, place.name, line, text, action.detail))
        elif step.failed and step.message:
            found.append(Check(False, place.name, place.line, first(place), step.message))
        elif step.failed:
            site, *calls = step.trail
            detail = f"the command failed, and nothing tested it\n{said}{called(calls)}".rstrip()
            found.append(Check(False, site.name, site.line, site.text, detail))
    return found


def end_early(found: list[Check], untried: int, place: Place, *, failed: bool) -> None:
    """Add to what was *found* of a script, which ended at *place*, that so many expectations were
    not tried: to the failure by which it *failed*, or else as a check of its own."""
    if not untried:
        return
    many = "1 expectation was" if untried == 1 else f"{untried} expectations were"
    told = f"the script ends here; {many} not tried"
    if failed and found and not found[-1].ok:
        found[-1].detail += f"\n{told}"
    else:
        found.append(Check(True, place.name, place.line, first(place), told))


def first(place: Place) -> str:
    """The first line of a statement."""
    return place.text.partition("\n")[0]


def tap(files: Iterable[tuple[str, list[Check]]]) -> Iterator[str]:
    """Test Anything Protocol, version 14, line by line; one test an expectation."""
    yield "TAP version 14"
    number = 0
    for _name, found in files:
        for check in found:
            number += 1
            mark = "ok" if check.ok else "not ok"
            title = check.text.replace("\\", "\\\\").replace("#", "\\#")
            yield f"{mark} {number} - {check.name}:{check.line}: {title}"
            for line in check.detail.splitlines():
                yield f"# {line}"
    yield f"1..{number}"


def failures(files: Iterable[tuple[str, list[Check]]]) -> Iterator[str]:
    """What did not hold, line by line, as compilers tell it: ``FILE:LINE: what``."""
    for _name, found in files:
        for check in found:
            if not check.ok:
                yield f"{check.name}:{check.line}: {check.text}"
                yield from (f"  {line}" for line in check.detail.splitlines())


def check_lines(files: Iterable[tuple[str, list[Check]]], *, failed: bool) -> Iterator[str]:
    """A JSON object for each expectation; *failed*: for those that did not hold."""
    for _name, found in files:
        for check in found:
            if not (failed and check.ok):
                line = CheckLine(check.name, check.line, check.text, check.ok, check.detail)
                yield _ENCODER.encode(line).decode()


def junit(files: Iterable[tuple[str, list[Check]]]) -> str:
    """JUnit XML: a suite a file, a case an expectation.  No times: they would differ."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites>"]
    for name, found in files:
        bad = sum(not check.ok for check in found)
        lines.append(f'<testsuite name={quoteattr(name)} tests="{len(found)}" failures="{bad}">')
        for check in found:
            title = quoteattr(_plain(f"line {check.line}: {check.text}"))
            if check.ok and not check.detail:
                lines.append(f"<testcase classname={quoteattr(name)} name={title}/>")
            elif check.ok:
                lines.append(f"<testcase classname={quoteattr(name)} name={title}>")
                lines.append(f"<skipped message={quoteattr(_plain(check.detail))}/></testcase>")
            else:
                text = escape(_plain(check.detail))
                lines.append(f"<testcase classname={quoteattr(name)} name={title}>")
                lines.append(f'<failure message="not as expected">{text}</failure></testcase>')
        lines.append("</testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """XML cannot hold most control characters, not even escaped."""
    return "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
