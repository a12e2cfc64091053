"""``nsh export proc FILE --as REF -o DIR``: the /proc that a task sees at a script's end, as files.

Exit status: 0 written, 1 the script failed or a file could not be written, 2 wrong usage or syntax.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nsh import console
from nsh.abi.errno import KernelError
from nsh.runner import Options, load, open_session
from nsh.session import proc_tree

if TYPE_CHECKING:
    from argparse import ArgumentParser


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh export proc`` says."""
    parser = new_parser(
        "nsh export proc",
        "Write the /proc that a task sees at a script's end.",
        examples=("nsh export proc demos/s0/nested-spaces.nsh --as leaf -o proc",),
    )
    parser.add_argument("file", metavar="FILE", help="a script, or - for standard input")
    parser.add_argument("--as", dest="actor", default="init", metavar="REF", help="who sees it")
    parser.add_argument("-o", dest="output", required=True, metavar="DIR", help="new, or empty")
    parser.add_argument("--profile", default="all", metavar="NAME", help="a document's position")
    given = parser.parse_args(arguments)
    text = console.read_file(given.file)
    if text is None:
        return 2
    session = open_session(Options(given.profile), attended=False)
    if session is None or not load(session, text, given.file):
        return 2
    while (step := session.heard()) is not None:
        if step.failed:
            console.tell(f"{step.place.name}:{step.place.line}: {step.message}")
            return 1
    try:
        written = proc_tree.write(session.machine, session.task(given.actor).id, given.output)
    except KernelError as error:
        console.complain(f"--as {given.actor}: {error.reason}")
        return 1
    except OSError as error:
        console.complain(f"{error.filename or given.output}: {error.strerror}")
        return 1
    left = f"; {written.unreadable} that it may not read are left out" * bool(written.unreadable)
    console.write(f"{written.files} files in {given.output}{left}\n")
    return 0
