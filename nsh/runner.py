"""What the subcommands do, on sessions and nothing else."""

import gc
import sys
from typing import TYPE_CHECKING, NamedTuple

from nsh import console
from nsh.abi.errno import KernelError
from nsh.lang.diagnostics import SyntaxProblem
from nsh.session.history import Step
from nsh.session.session import MAX_STEPS, Session

if TYPE_CHECKING:
    from nsh.machine.value import Machine
    from nsh.session.report import Check


class Options(NamedTuple):
    """Options that several subcommands share."""

    profile: str = "all"
    max_steps: int | None = None
    json: bool = False
    paranoid: bool = False
    source: str = ""
    """A stored machine to start from, instead of a fresh boot."""
    actor: str = ""
    """Who performs what is typed there; init if nobody is named."""


def spare_the_collector() -> None:
    """Values that never change form no cycles: let the collector leave them alone, mostly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def _session(options: Options, *, keep: bool = False, keep_going: bool = False) -> Session | None:
    try:
        machine = None
        if options.source:
            from nsh.session import stored

            machine = stored.start(options.source, options.profile, options.actor)
        return Session(
            options.profile,
            machine=machine,
            keep=keep,
            keep_going=keep_going,
            paranoid=options.paranoid,
            max_steps=options.max_steps or MAX_STEPS,
        )
    except KernelError as error:
        console.complain(error.reason)
        return None
    except (OSError, ValueError) as error:  # of a stored machine: StoreError says where
        console.complain(f"{options.source}: {getattr(error, 'strerror', None) or error}")
        return None


def _load(session: Session, text: str, name: str) -> bool:
    try:
        session.load(text, name)
        spare_the_collector()
    except SyntaxProblem as problem:
        console.tell(str(problem))
        return False
    return True


def _show(step: Step) -> None:
    """Print what a step wrote, and what nsh has to say about it."""
    for out in step.output:
        if out.fd == 2:
            sys.stdout.flush()
            console.write(out.text, sys.stderr)
        else:
            console.write(out.text)
    if step.message:
        where = f"{step.place.name}:{step.place.line}: " if step.failed else ""
        console.tell(f"{where}{step.message}")


def run(text: str, name: str, options: Options) -> int:
    """Perform a script and show what it prints."""
    session = _session(options)
    if session is None or not _load(session, text, name):
        return 2
    if options.json:
        return _run_json(session)
    failed = False
    while (step := session.heard()) is not None:
        _show(step)
        failed = failed or step.failed
    if _bad_end(session):
        console.complain(session.halted)
    return int(failed or _bad_end(session))


def _bad_end(session: Session) -> bool:
    """Whether the machine has halted otherwise than by its init's ``exit 0``."""
    return bool(session.halted) and not session.halted.endswith("0x00000000")


def _run_json(session: Session) -> int:
    group: list[Step] = []
    before = session.machine
    failed = False
    while (step := session.forward()) is not None:
        failed = failed or step.failed
        if group and step.cursor != group[0].cursor:
            before = _print_json(group, before)
            group = []
        if step.request is not None or step.action is not None or step.message:
            group.append(step)
    if group:
        _print_json(group, before)
    return int(failed or _bad_end(session))


def _print_json(group: list[Step], before: "Machine") -> "Machine":
    from nsh.session import report

    sys.stdout.write(report.json_line(group, before) + "\n")
    return group[-1].machine


def check(files: list[str], junit: str | None, options: Options) -> int:
    """Perform scripts and report every expectation, in TAP and if wanted in JUnit."""
    from nsh.session import report

    results: list[tuple[str, list[Check]]] = []
    for path in files:
        text = console.read_file(path)
        session = _session(options, keep_going=True)
        if text is None or session is None or not _load(session, text, path):
            return 2
        steps = []
        try:
            while (step := session.forward()) is not None:
                if step.failed or step.action is not None:
                    steps.append(step)
        except AssertionError as broken:
            console.complain(f"{path}: {broken}")
            return 1
        results.append((path, report.checks(steps)))
    for line in report.tap(results):
        sys.stdout.write(line + "\n")
    if junit is not None and not console.write_file(junit, report.junit(results)):
        return 2
    return int(any(not one.ok for _path, found in results for one in found))


def transcript(text: str, name: str, options: Options) -> int:
    """A demo as plain text: narration, what was typed behind its prompt, what came of it."""
    session = _session(options)
    if session is None or not _load(session, text, name):
        return 2
    failed = False
    cursor = 0
    prompt = session.prompt()
    while (step := session.forward()) is not None:
        if step.cursor != cursor:
            cursor = step.cursor
            _show_beginning(step, prompt)
        _show(step)
        failed = failed or step.failed
        prompt = session.prompt()
    if _bad_end(session):
        console.complain(session.halted)
    return int(failed or _bad_end(session))


def _show_beginning(step: Step, prompt: str) -> None:
    place = step.place
    if not place.text:
        sys.stdout.write("\n" + place.narration.strip() + "\n\n")
        return
    first, *rest = place.text.splitlines()
    sys.stdout.write(prompt + first + "\n")
    for line in rest:
        sys.stdout.write("> " + line + "\n")


def interface(text: str, name: str, options: Options, theme: str, ascii_only: bool) -> int:
    """The Textual interface, with a script to play or without."""
    session = _session(options, keep=True)
    if session is None or not _load(session, text, name):
        return 2
    from nsh.tui import app

    return app.run(session, title=name, theme=theme, ascii_only=ascii_only)


def help_on(words: list[str]) -> int:
    """``nsh help``: the list of commands, or everything about one thing."""
    from nsh.session import manual

    text = manual.page(words)
    if text is None:
        console.complain(f"there is no help on {' '.join(words)!r}{manual.suggestion(words)}")
        return 2
    sys.stdout.write(text)
    return 0
