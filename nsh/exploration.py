"""``nsh explore FILE``: a script in all orders that its programs can take their steps in.

Exit status: 0 none of them fails, 1 some does, 2 wrong usage or a syntax error, 3 not all were gone
through, and of those that were none fails, 130 interrupted.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from nsh import comparison, console, flags, hues, runner
from nsh._modules import load_interface_lightly
from nsh.lang.diagnostics import SyntaxProblem
from nsh.linux.opening import Unavailable
from nsh.session.comparing.stage import like_a_stage
from nsh.session.exploring import telling
from nsh.session.exploring.refereeing import Verdict, on_linux
from nsh.session.exploring.search import Limits, Outcome, Search
from nsh.session.session import Session
from nsh.session.statements import pending

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

HELP: Final = """\
usage: nsh explore [OPTIONS] FILE

Performs the script in all orders that its programs can take their steps in,
and tells what comes of them, each outcome once (docs/explore.md); of the first
that fails also how it comes about, by no more steps than it takes.

  --outcome N       how outcome N comes about; 0: how none does
  --play N          the interface, playing an order that has outcome N
  --linux           an order of each outcome is performed on Linux itself, too
  --settle          statements wait for programs behind, as in nsh run
  --screen          in what order things are printed is told apart as well
  --max-states N    states at most (100000); --max-steps N: steps of one program
                    in a row that nobody else could have come between (10000)
  --profile NAME    a document's position; --from FILE, --as REF: as nsh run
  --json            a JSON object an outcome, and one for all of them
  -q, --quiet       the first line alone; --color WHEN, --no-color

Exit status: 0 no order fails, 1 some does, 2 wrong usage, 3 not complete; of
what is otherwise on Linux 1, and 3 where there are no real processes.

examples:
  nsh explore demos/s4/next-id-race.nsh
  nsh explore demos/s4/next-id-race.nsh --play 2
"""
FAILED: Final = 1
INCOMPLETE: Final = 3
UNAVAILABLE: Final = 3
INTERRUPTED: Final = 130
_OFTEN: Final = 500
"""States after which somebody at a terminal is told how it goes."""


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh explore`` says."""
    given, options = _given(arguments, new_parser)
    console.keep_on()
    text = console.read_file(given.file)
    if text is None:
        return 2
    search = _opened(given, options, text)
    if search is None:
        return 2
    interrupted = _went(search)
    found = search.found
    wanted = given.play or given.outcome or 0
    if wanted > len(found.outcomes) and not interrupted:
        console.complain(telling.no_outcome(found, wanted))
        return 2
    if given.play and not interrupted:
        return _play(search, found.outcomes[given.play - 1], given.file)
    verdicts = None
    if given.linux and not interrupted:
        try:
            verdicts = _refereed(search)
        except KeyboardInterrupt:
            interrupted = True
        else:
            if verdicts is None:
                return UNAVAILABLE
    _tell(search, verdicts, given)
    if interrupted:
        return INTERRUPTED
    if found.failed or not all(each is None or each.same for each in verdicts or ()):
        return FAILED
    return INCOMPLETE if found.stopped else 0


def _given(
    arguments: list[str], new_parser: Callable[..., "ArgumentParser"]
) -> tuple["Namespace", runner.Options]:
    parser = new_parser("nsh explore", page=HELP)
    add = parser.add_argument
    add("file", metavar="FILE", help="a script, or - for standard input")
    add("--outcome", type=_number, metavar="N", help="how outcome N comes about; 0: how none does")
    add("--play", type=flags.count, metavar="N", help="the interface, playing outcome N")
    add("--linux", action="store_true", help="an order of each outcome on Linux, too")
    add("--settle", action="store_true", help="statements wait for programs behind")
    add("--screen", action="store_true", help="in what order things are printed is told apart")
    add("--max-states", type=flags.count, metavar="N", help="states at most (100000)")
    add("--json", action="store_true", help="a JSON object an outcome, and one for all")
    add("-q", "--quiet", action="store_true", help="the first line alone")
    flags.common(parser)
    flags.colour(parser)
    given = parser.parse_args(arguments)
    if given.quiet and given.json:
        parser.error("--quiet is a line for people: it excludes --json")
    if given.play and not console.has_screen():
        parser.error("--play wants a terminal; --outcome tells the same in lines")
    if given.linux and (given.source or given.profile not in ("all", "mainline")):
        parser.error("--linux starts from a stage, as mainline: it excludes --from, --profile")
    return given, flags.options(parser, given)


def _number(text: str) -> int:
    return 0 if text == "0" else flags.count(text)


def _opened(given: "Namespace", options: runner.Options, text: str) -> Search | None:
    """The search through the orders of the script *text*; None, after a complaint, if it cannot be
    understood, or has nothing to start from."""
    start = Session(machine=like_a_stage()) if given.linux else None
    session = start or runner.open_session(options, attended=False)
    if session is None:
        return None
    try:
        script = pending(text, given.file)
    except SyntaxProblem as problem:
        console.tell_problem(str(problem))
        return None
    session.prepare()
    runner.spare_the_collector()
    usual = Limits()
    limits = Limits(given.max_states or usual.states, given.max_steps or usual.steps)
    return Search(script, session.machine, limits, eager=not given.settle, screen=given.screen)


def _went(search: Search) -> bool:
    """Let *search* go on to its end, and tell who sits at a terminal how it goes; whether somebody
    has interrupted it."""
    watched = sys.stderr.isatty()
    try:
        for found in search.going():
            if watched and not found.states % _OFTEN:
                many = len(found.outcomes)
                sys.stderr.write(f"\r{found.states:,} states, {many} outcomes ")
                sys.stderr.flush()
    except KeyboardInterrupt:
        search.found.stopped = "an interrupt"
        return True
    finally:
        if watched:
            sys.stderr.write("\r\033[K")
    return False


def _refereed(search: Search) -> list[Verdict | None] | None:
    """What Linux says of each outcome, where it can be asked: in an order in which nobody who is
    woken comes late.  None, after a complaint, if there are no real processes."""
    runner.announce()
    prompt = search.promptly()
    orders = {(one.end, one.told): one for one in prompt.run().outcomes}
    verdicts: list[Verdict | None] = []
    try:
        for outcome in search.found.outcomes:
            one = orders.get((outcome.end, outcome.told))
            verdicts.append(None if one is None else on_linux(partial(prompt.ordered, one)))
        return verdicts
    except Unavailable as missing:
        console.complain(f"--linux cannot run here: {missing}")
        return None


def _tell(search: Search, verdicts: list[Verdict | None] | None, given: "Namespace") -> None:
    found = search.found
    if given.json:
        for line in telling.json_lines(found, verdicts):
            console.write_json(line)
        return
    console.write(telling.summary(found, given.file) + "\n")
    if given.quiet:
        return
    dye = hues.exploration if console.coloured(sys.stdout) else None
    for line in telling.outcomes(found, verdicts):
        console.write(line, dye=dye)
        console.write("\n")
    for number, verdict in enumerate(verdicts or (), 1):
        if verdict is not None and verdict.differences:
            console.write(f"\nwhere Linux differs in {number}:\n")
            comparison.write(verdict.pairs, ("model", "linux"))
    failed = (number for number, one in enumerate(found.outcomes, 1) if one.end.failed)
    number = next(failed, 0) if given.outcome is None else given.outcome
    if not 0 < number <= len(found.outcomes):
        return
    outcome = found.outcomes[number - 1]
    console.write("\n" + telling.heading(number, outcome) + "\n")
    session = search.ordered(outcome)
    session.perform()
    for line in telling.story(session):
        console.write(line + "\n")


def _play(search: Search, outcome: Outcome, name: str) -> int:
    load_interface_lightly()
    from nsh.tui import app  # noqa: PLC0415  # only who plays an order

    return app.run(search.ordered(outcome), title=name)
