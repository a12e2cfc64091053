"""``nsh check FILE...``: scripts are performed, and every expectation is reported.

Exit status: 0 all of it held, 1 something did not, 2 wrong usage, a file that cannot be read or a
syntax error, 130 interrupted.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nsh import console, flags
from nsh._modules import load_lightly

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nsh.performance import Run
    from nsh.runner import Options
    from nsh.session.report import Check


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh check`` says."""
    parser = new_parser(
        "nsh check",
        "Perform scripts; report every expectation.",
        usage="nsh check [OPTIONS] FILE...",
        examples=(
            "nsh check demos/s0/*.nsh",
            "nsh check -q --profile mainline mine.nsh",
            "nsh check --junit report.xml mine.nsh",
        ),
    )
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="scripts; - is standard input")
    add("-q", "--quiet", action="store_true", help="only what failed")
    add("--json", action="store_true", help="one JSON object an expectation, instead of TAP")
    add("--junit", metavar="FILE", help="a JUnit report as well; to -, instead")
    add("--paranoid", action="store_true", help="check the machine's invariants after each step")
    flags.kernel(parser)
    flags.common(parser)
    flags.colour(parser)
    given = parser.parse_args(arguments)
    if given.json and given.junit == "-":
        parser.error("--json and --junit - both want standard output")
    console.keep_on()
    load_lightly()
    options = flags.options(parser, given)
    texts = [text for path in given.files if (text := console.read_file(path)) is not None]
    if len(texts) < len(given.files):
        return 2
    return _report(Checks(given.files, texts, options), given)


class Checks:
    """What each script is found to do, performed one after the other as they are gone through."""

    def __init__(self, files: Sequence[str], texts: Sequence[str], options: "Options") -> None:
        self._scripts = list(zip(files, texts, strict=True))
        self._options = options
        self.found: list[tuple[str, list[Check]]] = []
        self.broken = ""
        """Why it did not go on to the last."""
        self.status = 0

    def __iter__(self) -> Iterator[tuple[str, list["Check"]]]:
        from nsh.runner import load, opened
        from nsh.session.director import INTERRUPTED

        for path, text in self._scripts:
            with opened(self._options, keep_going=True, attended=False) as session:
                if session is None or not load(session, text, path):
                    self._break(f"{path} cannot be performed", 2)
                    return
                found = self._perform(session, path)
            if self.broken and self.status != INTERRUPTED:
                return
            self.found.append((path, found))
            if not all(check.ok for check in found):
                self.status = self.status or 1
            yield path, found
            if self.broken:
                return

    def _perform(self, session: "Run", path: str) -> list["Check"]:
        from nsh.lang.actions import Expected
        from nsh.performance import Performance, bad_end
        from nsh.session import report
        from nsh.session.director import INTERRUPTED

        performance = Performance(session)
        try:
            steps = [
                step
                for step in performance
                if step.failed or step.output or step.action is not None
            ]
        except AssertionError as wrong:
            console.complain(f"{path}: {wrong}")
            self._break(f"{path}: the machine broke an invariant", 1)
            return []
        found = report.checks(steps)
        if bad_end(session):
            place = session.step.place
            found.append(report.Check(False, path, place.line, report.first(place), session.halted))
        if performance.status == INTERRUPTED:
            self._break("interrupted", INTERRUPTED)
        else:
            tried = {step.action.span.start for step in steps if isinstance(step.action, Expected)}
            failed = bad_end(session) or not session.halted
            report.end_early(found, session.untried(tried), session.step.place, failed=failed)
        return found

    def _break(self, why: str, status: int) -> None:
        self.broken, self.status = why, status


def _report(checks: Checks, given: "Namespace") -> int:
    from nsh.session import report

    document = given.junit == "-"
    if document:
        for _ in checks:
            pass
    elif given.json:
        for line in report.check_lines(checks, failed=given.quiet):
            console.write_json(line)
    else:
        dye = _dye() if console.coloured(sys.stdout) else None
        for line in (report.failures if given.quiet else report.tap)(checks):
            console.write(line, dye=dye)
            console.write("\n")
        if checks.broken and not given.quiet:
            console.write(f"Bail out! {checks.broken}\n")
    if given.junit is not None and checks.status != 2:
        text = report.junit(checks.found)
        if document:
            console.write(text)
        elif not console.write_bytes(given.junit, text.encode()):
            return 2
    return checks.status


def _dye() -> Callable[[str], str]:
    from nsh import hues

    return hues.report
