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

from nsh import console, flags
from nsh._modules import load_interface_lightly

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nsh.machine.value import Machine

INCOMPLETE: Final = 3

HELP: Final = """\
usage: nsh live [OPTIONS] | nsh live --once [OPTIONS] | nsh live save FILE

The machine you sit at: its processes, with their pids in every space. It is
only looked at. ? is hidden from you, what is behind a ~ was concluded.

  --once            print one look and end
  --json            as JSON (docs/live.md)
  save FILE         keep a look, for nsh run --from FILE; - is standard output
  --columns LIST    these, or +x for the usual ones and x: pid inside nspid ppid
                    pgid sid s uid user tty start space comm args cgroup pidns
                    userns mntns netns utsns ipcns cgroupns timens
  --threads         threads as well
  --all             terminals, command lines and cgroups as well; in JSON, what
                    open files keep
  --proc DIR        where proc is mounted (/proc)
  --interval S      seconds between two looks of the interface (2)
  --theme NAME      dark, light, mono, ...; --ascii: no line-drawing characters
  --color WHEN      auto, always or never; --no-color

examples:
  nsh live --once --columns +pidns
  nsh live --once --json --all
  nsh live save here.nsh && nsh -c 'kill -9 -1; ps -ef' --from here.nsh
"""


_FLAGS: Final = {
    "--once": "print one look and end",
    "--json": "as JSON",
    "--threads": "threads as well",
    "--all": "terminals, command lines and cgroups as well",
    "--ascii": "no line-drawing characters",
}


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh live`` says."""
    parser = new_parser("nsh live", page=HELP)
    add = parser.add_argument
    add("words", nargs="*")
    for flag, said in _FLAGS.items():
        add(flag, action="store_true", help=said)
    add("--columns", default="", metavar="LIST", help="these, or +x for the usual ones and x")
    add("--proc", default="/proc", metavar="DIR", help="where proc is mounted")
    add("--theme", default="", metavar="NAME", help="dark, light, mono, ...")
    add("--interval", type=_seconds, default=2.0, metavar="S", help="seconds between two looks")
    flags.colour(parser)
    given = parser.parse_intermixed_args(arguments)
    if sys.platform != "linux":
        console.complain("live needs Linux: there is no /proc to read here")
        return 2
    try:
        return _perform(given, parser)
    except OSError as problem:
        if console.unwritten(problem):
            raise  # which is no matter of /proc
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
    if not console.has_screen():
        parser.error("the interface needs a terminal with a screen; --once prints")
    return _interface(given)


def _once(given: "Namespace", parser: "ArgumentParser") -> int:
    gc.disable()  # one look, then the end: nothing is worth collecting
    from nsh.linux import observe
    from nsh.linux.observe import columns, gaps
    from nsh.linux.observe.sight import Sight

    chosen, unknown = columns.chosen(given.columns)
    if unknown:
        parser.error(f"there is no column {unknown!r}")
    usual = observe.USUAL if given.json else observe.USUAL._replace(files=True)
    base = observe.EVERYTHING if given.all else usual
    wanted = columns.wanted(chosen, base)._replace(threads=given.threads)
    snapshot = observe.read(given.proc, wanted, split=True)
    sight = Sight(snapshot)
    if given.json:
        from nsh.linux.observe import schema

        console.write_json(schema.encode(sight, wanted).decode())
    else:
        from nsh.linux.observe import listing

        encoding = sys.stdout.encoding or "ascii"
        lines = listing.listing(sight, chosen, _style(given), instances=given.all)
        for line in lines:  # names in them are harmless
            sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()
    return _tell(gaps.gaps(snapshot))


def _style(given: "Namespace") -> Any:
    from nsh.linux.observe.listing import Style

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 0
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    plain = given.ascii or not encoding.startswith("utf")
    return Style(width, plain, console.coloured(sys.stdout))


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
    machine = Observer().machine(snapshot)
    if path != "-":
        stored.save(machine, path)
    elif not console.write_bytes(path, stored.dumped(machine)):
        return 1
    return _tell(gaps(snapshot))


def _interface(given: "Namespace") -> int:
    from nsh.linux import observe
    from nsh.linux.observe.building import Observer
    from nsh.linux.observe.memory import Memory

    load_interface_lightly()
    from nsh.tui.live import run

    observer, memory = Observer(), Memory()
    wanted = observe.EVERYTHING._replace(threads=given.threads)

    def look() -> "Machine":
        return observer.machine(observe.read(given.proc, wanted, memory=memory))

    return run(look, interval=given.interval, theme=given.theme, ascii_only=given.ascii)
