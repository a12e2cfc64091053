"""``nsh compare FILE``: one script performed twice, and where the two runs differ.

On the model and on this machine's kernel; or, with two profiles, on the model under both.  Exit
status: 0 no difference, 1 some, 2 wrong usage or a syntax error, 3 no real processes to be had.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from nsh import console, flags, hues
from nsh.abi.errno import KernelError
from nsh.lang.diagnostics import SyntaxProblem
from nsh.linux.opening import Unavailable
from nsh.runner import announce
from nsh.session.comparing import differences, seen, telling
from nsh.session.comparing.stage import like_a_stage
from nsh.session.real.session import MAX_TASKS, RealSession
from nsh.session.session import Session
from nsh.session.statements import pending

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nsh.session.comparing.seen import Seen

HELP: Final = """\
usage: nsh compare [OPTIONS] FILE
       nsh compare [OPTIONS] FILE --profile A --profile B

Performs the script on the model and, by real processes, on the kernel under
your feet (docs/linux.md), and tells step by step where they differ: who asks
what, the answers, what is printed, and of every process its pids, parent,
group, session, state and signals. With two profiles: on the model, under both.

  --json          a JSON object a difference: step, line, task, command, call,
                  what, about, values
  -q, --quiet     a line if there are differences, else nothing
  --max-tasks N   tasks at a time on Linux (256)
  --color WHEN    auto, always or never; --no-color

Exit status: 0 no difference, 1 some, 2 wrong usage, 3 no real processes here.

examples:
  nsh compare demos/s0/nested-spaces.nsh
  nsh compare demos/s0/nested-spaces.nsh --profile all --profile franke-2005
  echo 'unshare -U id' | nsh compare - --json
"""
UNAVAILABLE: Final = 3
_LEAST: Final = 60
"""Columns."""


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh compare`` says."""
    given = _given(arguments, new_parser)
    console.keep_on()
    text = console.read_file(given.file)
    if text is None:
        return 2
    try:
        runs = _runs(text, given.file, given.profile, given.max_tasks or MAX_TASKS)
    except SyntaxProblem as problem:
        console.tell_problem(str(problem))
        return 2
    except KernelError as error:
        console.complain(error.reason)
        return 2
    if runs is None:
        return UNAVAILABLE
    names = (given.profile[0], given.profile[1]) if given.profile else ("model", "linux")
    pairs = list(differences.compare(*runs))
    found = sum(len(pair.differences) for pair in pairs)
    if given.json:
        for line in telling.json_lines(pairs, names):
            console.write_json(line)
    elif not given.quiet:
        write(pairs, names)
        console.write(_summary(len(pairs), found, names))
        stop = differences.stop(pairs)
        if stop is not None:
            behind = pending(text, given.file)[stop.cursor :]
            console.write(_stopped(stop, sum(each.code is not None for each in behind)))
    elif found:
        console.write(_summary(len(pairs), found, names).lstrip())
    return int(found > 0)


def _given(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> "Namespace":
    parser = new_parser("nsh compare", page=HELP)
    parser.add_argument("file", nargs="?", help="a script, or - for standard input")
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="two: on the model, under both",
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a difference")
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="a line if there are differences, else nothing"
    )
    flags.max_tasks(parser)
    flags.colour(parser)
    given = parser.parse_args(arguments)
    if given.file is None or len(given.profile) not in (0, 2):
        parser.error("it takes one FILE, and no --profile or two")
    if given.quiet and given.json:
        parser.error("--quiet prints no differences: it excludes --json")
    return given


def _runs(
    text: str, name: str, profiles: list[str], tasks: int
) -> tuple[list["Seen"], list["Seen"]] | None:
    """What was seen of both; None, after a complaint, if there are no real processes."""
    if profiles:
        one, other = (list(_on_model(Session(profile), text, name)) for profile in profiles)
        return one, other
    model = list(_on_model(Session(machine=like_a_stage()), text, name))
    announce()
    try:
        with RealSession(keep=False, max_tasks=tasks) as session:
            session.load(text, name)
            return model, list(seen.of_linux(session))
    except Unavailable as missing:
        console.complain(f"nothing to compare with here: {missing}")
        return None


def _on_model(session: Session, text: str, name: str) -> Iterator["Seen"]:
    session.load(text, name)
    return seen.of_model(session)


def write(pairs: list[differences.Pair], names: tuple[str, str]) -> None:
    """Print where two runs differ, side by side, as wide as the terminal is."""
    width = max(shutil.get_terminal_size((100, 24)).columns, _LEAST)
    dye = hues.comparison if console.coloured(sys.stdout) else None
    for line in telling.text_lines(pairs, names, width):
        console.write(line, dye=dye)
        console.write("\n")


def _summary(steps: int, found: int, names: tuple[str, str]) -> str:
    counted = "1 step" if steps == 1 else f"{steps} steps"
    if not found:
        return f"{counted}, the same on {names[0]} and {names[1]}\n"
    many = "1 difference" if found == 1 else f"{found} differences"
    return f"\n{counted}, {many} between {names[0]} and {names[1]}\n"


def _stopped(stop: differences.Stop, behind: int) -> str:
    """That the script was not compared to its end, with so many statements *behind*."""
    place = stop.place
    told = f"both stopped at step {stop.step}, {place.name}:{place.line}"
    told += f", by an error: {stop.cause}\n" if stop.cause else f", which failed: {place.text}\n"
    if behind:
        many = "1 statement behind it was" if behind == 1 else f"{behind} statements behind it were"
        told += f"{many} not performed, nor compared\n"
    return told
