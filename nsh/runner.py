"""What the subcommands do, on sessions and nothing else."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from nsh import console
from nsh._modules import load_interface_lightly, load_screen_lightly
from nsh.abi.errno import KernelError
from nsh.lang.diagnostics import SyntaxProblem
from nsh.machine.ids import NOBODY
from nsh.machine.record import Record
from nsh.session.director import INTERRUPTED
from nsh.session.history import Step
from nsh.session.pacing import MAX_STEPS
from nsh.session.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from nsh.performance import Performance, Run
    from nsh.views.themes import Theme


class Options(Record):
    """Options that several subcommands share."""

    profile: str = "all"
    max_steps: int | None = None
    json: bool = False
    own: bool = False
    """The exit status is the script's own."""
    paranoid: bool = False
    source: str = ""
    """A stored machine to start from, instead of a fresh boot."""
    actor: str = ""
    """Who performs what is typed there; init if nobody is named."""
    kernel: str = "model"
    """``model``, or ``linux``: real processes on the kernel that nsh itself runs on."""
    max_tasks: int | None = None
    """How many of those there may be at a time."""


def spare_the_collector() -> None:
    """Values that never change form no cycles: let the collector leave them alone, mostly."""
    if gc.get_freeze_count():  # what has just been loaded holds no garbage, a script before may
        gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    gc.enable()


def open_session(
    options: Options, *, keep: bool = False, keep_going: bool = False, attended: bool = True
) -> Session | None:
    """A session on the model; None, after a complaint, if there is none."""
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
            attended=attended,
        )
    except KernelError as error:
        console.complain(error.reason)
        return None
    except (OSError, ValueError) as error:  # of a stored machine: StoreError says where
        console.complain(f"{options.source}: {getattr(error, 'strerror', None) or error}")
        return None


@contextmanager
def opened(
    options: Options, *, keep_going: bool = False, attended: bool = True
) -> "Iterator[Run | None]":
    """A session on the kernel that is asked for, closed at the end; None if there is none."""
    if options.kernel == "model":
        yield open_session(options, keep_going=keep_going, attended=attended)
        return
    from nsh.linux.opening import Unavailable
    from nsh.session.real.session import MAX_TASKS, RealSession

    if options.profile not in ("all", "mainline"):
        console.complain(f"--kernel linux is mainline; it has no profile {options.profile}")
        yield None
        return
    announce()
    try:
        session = RealSession(
            keep=False,
            keep_going=keep_going,
            max_steps=options.max_steps or MAX_STEPS,
            max_tasks=options.max_tasks or MAX_TASKS,
            attended=attended,
        )
    except Unavailable as missing:
        console.complain(f"--kernel linux cannot run here: {missing}")
        yield None
        return
    try:
        yield session
    finally:
        session.close()


@cache
def announce() -> None:
    """Say what is going to be done, once."""
    console.tell(ANNOUNCEMENT)
    sys.stderr.flush()


ANNOUNCEMENT = (
    "nsh: on Linux: starting real processes in fresh pid, mount, ipc, uts, net and cgroup "
    "namespaces, on a root of their own; nothing of this machine is seen or changed by them, and "
    "all of it ends with nsh"
)


def load(session: "Run", text: str, name: str) -> bool:
    """Give *session* a script; False, after a complaint, if it cannot be understood."""
    try:
        session.load(text, name)
        spare_the_collector()
    except SyntaxProblem as problem:
        console.tell_problem(str(problem))
        return False
    return True


def _show(step: Step, *, echo: bool = False) -> None:
    """Print what a step wrote, and what nsh has to say about it; what was typed with *echo* only,
    for a terminal has shown it already."""
    for out in step.output if echo or not step.typed else ():
        if out.fd == 2:
            sys.stdout.flush()
            console.write(out.text, sys.stderr)
        else:
            console.write(out.text)
    if step.message:
        where = f"{step.where}: " if step.failed else ""
        console.tell(f"{where}{step.message}")


def run(text: str, name: str, options: Options) -> int:
    """Perform a script and show what it prints."""
    from nsh.performance import Performance, bad_end

    with opened(options) as session:
        if session is None or not load(session, text, name):
            return 2
        performance = Performance(session, quietly=not options.json)
        try:
            if options.json:
                _run_json(session, performance)
            else:
                ends = ""
                for step in performance:
                    _show(step)
                    ends = ends or step.broke_off(text)
                if bad_end(session):
                    console.complain(session.halted)
                elif ends and performance.status != INTERRUPTED:
                    console.tell(ends)
        except BrokenPipeError:
            return performance.unread(own=options.own)
        return performance.own_status if options.own else performance.status


def _run_json(session: "Run", performance: "Performance") -> None:
    from nsh.performance import bad_end
    from nsh.session import report
    from nsh.session.naming import cid_pid

    before, actor = session.machine, session.actor
    for group in report.statements(performance):
        task = next((step.task for step in group if step.task != NOBODY), actor)
        who = cid_pid(before, task) if isinstance(session, Session) else session.name(task)
        last = group[0].cursor == session.step.cursor
        halted = session.halted if last and bad_end(session) else ""
        console.write_json(report.json_line(group, who, session.status, halted))
        before, actor = group[-1].machine, session.actor


def transcript(text: str, name: str, options: Options) -> int:
    """A demo as plain text: narration, what was typed behind its prompt, what came of it."""
    from nsh.performance import Performance, bad_end

    session = open_session(options)
    if session is None or not load(session, text, name):
        return 2
    cursor = 0
    prompt = session.prompt()
    ends = ""
    performance = Performance(session)
    try:
        for step in performance:
            if step.cursor != cursor:
                cursor = step.cursor
                _show_beginning(step, prompt)
            _show(step, echo=not sys.stdin.isatty())
            ends = ends or step.broke_off(text)
            prompt = session.prompt()
        if bad_end(session):
            console.complain(session.halted)
        elif ends and performance.status != INTERRUPTED:
            console.tell(ends)
    except BrokenPipeError:
        return performance.unread()
    return performance.status


def _show_beginning(step: Step, prompt: str) -> None:
    place = step.place
    if not place.text:
        if place.narration.strip():
            console.write("\n" + place.narration.strip() + "\n\n")
        return
    first, *rest = place.text.splitlines()
    console.write(prompt + first + "\n")
    for line in rest:
        console.write("> " + line + "\n")


class Staging(Record):
    """How a demo is presented."""

    theme: str = ""
    ascii_only: bool = False
    auto: bool = False
    """It plays at once."""
    typing: bool = True
    """Commands are typed before they are performed."""
    notes: bool = False
    """What is shown is told to ``nsh notes``."""
    kept: bool = True
    """What is typed is remembered from run to run."""


def play(text: str, name: str, options: Options, staging: Staging) -> int:
    """A demo or a recording: on a screen, or where there is none as text."""
    if text.startswith("{"):
        from nsh.session import recording

        if recording.is_one(text):
            return replay(text, name, staging.theme, ascii_only=staging.ascii_only)
    if console.has_screen():
        return interface(text, name, options, staging)
    return transcript(text, name, options)


def interface(text: str, name: str, options: Options, staging: Staging) -> int:
    """The Textual interface, with a script to play or without."""
    session = open_session(options, keep=True)
    if session is None:
        return 2
    load_interface_lightly()
    from nsh.tui import app

    try:
        desk = _desk() if staging.notes else None
    except OSError as problem:
        console.complain(f"--notes: {problem.strerror or problem}")
        return 2
    return app.run(
        session,
        script=text,
        title=name,
        theme=staging.theme,
        ascii_only=staging.ascii_only,
        auto=staging.auto,
        typing=staging.typing,
        notes=desk,
        kept=staging.kept,
    )


def replay(text: str, name: str, theme: str, *, ascii_only: bool) -> int:
    """A recording of a terminal, gone through; where there is no screen, its last as text."""
    from nsh.session import recording

    try:
        found = recording.read(text)
    except recording.BadRecording as problem:
        console.complain(f"{name}:{problem.line}: {problem}")
        return 2
    if not console.has_screen():
        from nsh.emulator.keeping import screen
        from nsh.machine.screens import texts

        _at, last = recording.moments(found)[-1]
        console.write("".join(line + "\n" for line in texts(screen(last))))
        return 0
    look = _theme(theme)
    if look is None:
        return 2
    from nsh.tui import ending
    from nsh.tui.replay import ReplayApp

    plain = ascii_only or console.only_ascii()
    ending.run(ReplayApp(found, name, look, ascii_only=plain))
    return 0


def _theme(wanted: str) -> "Theme | None":
    """The theme that is wanted, or suits the terminal; None, after a complaint, if none is."""
    from nsh.session import themes

    known, _ = themes.load()
    name = wanted or themes.suited(os.environ, colour="NO_COLOR" not in os.environ)
    if name not in known:
        console.complain(f"no theme is called {name}; there are {', '.join(sorted(known))}")
    return known.get(name)


def _desk() -> "Path":
    from nsh.tui import desk

    return desk.place(os.environ)


def notes(theme: str, *, ascii_only: bool) -> int:
    """``nsh notes``: what the presenter reads beside the play."""
    if not console.has_screen():
        console.complain("nsh notes needs a terminal of its own")
        return 2
    from nsh.tui import ending
    from nsh.tui.notes import NotesApp

    look = _theme(theme)
    if look is None:
        return 2
    try:
        desk = _desk()
    except OSError as problem:
        console.complain(f"nsh notes: {problem.strerror or problem}")
        return 2
    ending.run(NotesApp(desk, look, ascii_only=ascii_only or console.only_ascii()))
    return 0


def line_shell(
    text: str, name: str, options: Options, *, plain: bool, vi: bool, theme: str, kept: bool
) -> int:
    """The line shell, behind a script that is performed first."""
    session = open_session(options, keep=True)
    if session is None or not load(session, "", name):
        return 2
    load_screen_lightly()
    from nsh.lang.parser import parse
    from nsh.repl import loop

    try:
        parse(text, name)
    except SyntaxProblem as problem:
        console.tell_problem(str(problem))
        return 2
    return loop.run(session, (text, name), plain=plain, vi=vi, theme=theme, kept=kept)
