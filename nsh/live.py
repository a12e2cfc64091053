"""``nsh live``: the machine you sit at, read-only.

``--once`` prints one look; ``save FILE`` keeps one for ``nsh run --from FILE``; without either the
interface opens and looks again and again.  Exit status: 0, 2 wrong usage or nothing to read, 3 if
something was hidden from this user.
"""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from nsh import console

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nsh.machine.value import Machine

INCOMPLETE: Final = 3

EXAMPLES: Final = """\
columns: pid inside nspid ppid pgid sid s uid user tty start space comm args cgroup
         pidns userns mntns netns utsns ipcns cgroupns timens       (+x: x as well)
A ? stands for what is hidden from you, a ~ in front of what was concluded.

examples:
  nsh live                               the interface, over this machine
  nsh live --once --columns +pidns       each task's pid in every space, printed
  nsh live --once --json --all           everything that can be read, one JSON object
  nsh live save here.nsh && nsh -c 'ps -e' --from here.nsh
"""


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh live`` says."""
    from argparse import RawDescriptionHelpFormatter

    parser = new_parser(
        "nsh live",
        "The machine you sit at: its processes, and their pids in every space. Read-only.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
        usage="nsh live [--once [--json]] [OPTIONS] | nsh live save FILE",
    )
    add = parser.add_argument
    add("words", nargs="*", metavar="save FILE", help="keep this look, for --from FILE")
    add("--once", action="store_true", help="print one look and end")
    add("--json", action="store_true", help="as JSON, version 1 (docs/live.md)")
    add("--columns", default="", metavar="LIST", help="what to print")
    add("--threads", action="store_true", help="threads as well")
    add("--all", action="store_true", help="open files, terminals, command lines, cgroups too")
    add("--proc", default="/proc", metavar="DIR", help="where proc is mounted")
    add("--interval", type=_seconds, default=2.0, metavar="S", help="between two looks (2)")
    add("--theme", default="", metavar="NAME", help="dark, light, mono, ...")
    add("--ascii", action="store_true", help="no line-drawing characters")
    given = parser.parse_intermixed_args(arguments)
    if sys.platform != "linux":
        console.complain("live needs Linux: there is no /proc to read here")
        return 2
    try:
        return _perform(given, parser)
    except OSError as problem:
        console.complain(f"live: {problem.filename or given.proc}: {problem.strerror}")
        return 2


def _seconds(text: str) -> float:
    from argparse import ArgumentTypeError

    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 3600:
        raise ArgumentTypeError(f"{text!r} is no time between 0.1 and 3600 seconds")
    return value


def _perform(given: "Namespace", parser: "ArgumentParser") -> int:
    if given.words:
        if given.words[0] != "save" or len(given.words) != 2 or given.once or given.json:
            parser.error("expected nothing, --once or save FILE")
        return _save(given, given.words[1])
    if given.once or given.json:
        return _once(given, parser)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        parser.error("the interface needs a terminal; --once prints")
    return _interface(given)


def _once(given: "Namespace", parser: "ArgumentParser") -> int:
    gc.disable()  # one look, then the end: nothing is worth collecting
    from nsh.linux import observe
    from nsh.linux.observe import columns, gaps
    from nsh.linux.observe.sight import Sight

    chosen, unknown = columns.chosen(given.columns)
    if unknown:
        parser.error(f"there is no column {unknown!r}")
    base = observe.EVERYTHING if given.all else observe.USUAL
    wanted = columns.wanted(chosen, base)._replace(threads=given.threads)
    snapshot = observe.read(given.proc, wanted, split=True)
    sight = Sight(snapshot)
    if given.json:
        from nsh.linux.observe import schema

        sys.stdout.flush()
        sys.stdout.buffer.write(schema.encode(sight, wanted) + b"\n")
    else:
        from nsh.linux.observe import listing

        console.write(
            "".join(f"{line}\n" for line in listing.listing(sight, chosen, _style(given)))
        )
    sys.stdout.flush()
    return _tell(gaps.gaps(snapshot))


def _style(given: "Namespace") -> Any:
    from nsh.linux.observe.listing import Style

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 0
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    plain = given.ascii or not encoding.startswith("utf")
    return Style(width, plain, terminal and not os.environ.get("NO_COLOR") and not _dumb())


def _dumb() -> bool:
    return os.environ.get("TERM", "dumb") == "dumb"


def _tell(gaps: Sequence[str]) -> int:
    """Say what was hidden, if anything; the exit status."""
    if not gaps:
        return 0
    remedy = "" if os.geteuid() == 0 else "; root sees more"
    console.complain(f"live: incomplete: {', '.join(gaps)}{remedy}")
    return INCOMPLETE


def _save(given: "Namespace", path: str) -> int:
    from nsh.linux import observe
    from nsh.linux.observe.building import Observer
    from nsh.linux.observe.gaps import gaps
    from nsh.session import stored

    wanted = observe.EVERYTHING._replace(threads=given.threads)
    snapshot = observe.read(given.proc, wanted, split=True)
    stored.save(Observer().machine(snapshot), path)
    return _tell(gaps(snapshot))


def _interface(given: "Namespace") -> int:
    from nsh.linux import observe
    from nsh.linux.observe.building import Observer
    from nsh.tui.live import run

    observer = Observer()
    wanted = observe.EVERYTHING._replace(threads=given.threads)

    def look() -> "Machine":
        return observer.machine(observe.read(given.proc, wanted))

    return run(look, interval=given.interval, theme=given.theme, ascii_only=given.ascii)
