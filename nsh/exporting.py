"""``nsh export proc FILE --as REF -o DIR``: the /proc that a task sees at a script's end, as files.

Exit status: 0 written, 1 the script failed or a file could not be written, 2 wrong usage or syntax.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nsh import console
from nsh.abi.errno import KernelError
from nsh.lang.diagnostics import SyntaxProblem
from nsh.session import proc_tree
from nsh.session.pacing import MAX_STEPS
from nsh.session.session import Session

if TYPE_CHECKING:
    from argparse import ArgumentParser


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh export`` says."""
    parser = new_parser("nsh export", "Write the /proc that a task sees at a script's end.")
    parser.add_argument("what", choices=("proc",), metavar="proc", help="the tree of /proc")
    parser.add_argument("file", metavar="FILE", help="a script, or - for standard input")
    parser.add_argument("--as", dest="actor", default="init", metavar="REF", help="who sees it")
    parser.add_argument("-o", dest="output", required=True, metavar="DIR", help="new, or empty")
    parser.add_argument("--profile", default="all", metavar="NAME", help="a document's position")
    given = parser.parse_args(arguments)
    text = console.read_file(given.file)
    if text is None:
        return 2
    try:
        session = Session(given.profile, keep=False, max_steps=MAX_STEPS, attended=False)
        session.load(text, given.file)
    except KernelError as error:
        console.complain(error.reason)
        return 2
    except SyntaxProblem as problem:
        console.tell(str(problem))
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
