"""The doors: ``nsh``, ``nsh -c``, ``nsh run`` and the rest.

Nothing heavy is imported before it is known to be needed; ``nsh --help`` loads no grammar, and a
script loads no front end.  Exit status: 0 ok, 1 the script or an expectation failed, 2 wrong
usage or syntax, 3 live data incomplete, 130 interrupted.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nsh import console
from nsh._modules import load_lightly

USAGE: Final = """\
usage: nsh [COMMAND] [OPTIONS]   many containers, one kernel, and their debates

  nsh                 the interface, on a terminal; from a pipe, a script
  nsh -c 'CODE'       perform CODE
  nsh run FILE        perform a script; --json: a line a statement; --return
  nsh check FILE...   perform scripts, report every expect: TAP, --json, --junit
  nsh play FILE       a demo, step by step; from or to a pipe, its transcript
  nsh export FILE -o OUT.svg   or .png, .cast, .html, .tape, .txt, .md: a demo
  nsh repl            the line shell: completion, history, undo
  nsh compare FILE    on the model and on this machine's kernel: what differs
  nsh explore FILE    in every order of its programs' steps: what comes of it
  nsh live            the machine you sit at; --once prints, save FILE keeps it
  nsh help [TOPIC]    a command, a policy, a chapter; nsh explain CODE: an error

options of -c, run and check (play: the model alone):
  --kernel linux      on the kernel under your feet, by real processes
  --profile NAME      the position of a document: all, franke-2005, mainline
  --max-steps N       steps a run may take (1000000); Linux: --max-tasks N
  --from FILE         start from a saved machine; --as REF: who acts (init)
  --no-color, --version, and `nsh COMMAND --help`; also: notes, completion, man

examples:
  nsh -c 'unshare --pid --fork --mount-proc ps'
"""


if TYPE_CHECKING:
    from argparse import ArgumentParser


def _parser(prog: str, description: str | None = None, **options: Any) -> "ArgumentParser":
    """argparse, with our words: see :class:`nsh.parsers.Parser`."""
    from nsh.parsers import Parser

    return Parser(prog=prog, description=description, **options)


def main() -> int:
    """Run the command line in ``sys.argv``; replies the exit status."""
    arguments = sys.argv[1:]
    console.reopen()
    if os.environ.get("NO_COLOR") == "":  # which is none (no-color.org), but not to every library
        del os.environ["NO_COLOR"]
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        console.end_echo()
        console.complain("interrupted")
        return 130
    except console.Ended as told:
        console.end_by(told.signo)
    except BrokenPipeError:
        console.silence()
        return 0
    except OSError as problem:
        if not console.unwritten(problem):
            raise
        console.silence()
        console.complain(f"write error: {problem.strerror}")
        return 1


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        return _bare()
    verb, rest = arguments[0], arguments[1:]
    if verb == "--help":
        sys.stdout.write(USAGE)
        return 0
    if verb == "-h":
        from nsh.parsers import glance

        sys.stdout.write(glance(USAGE, "nsh"))
        return 0
    if verb in ("-V", "--version"):
        from nsh import __version__

        sys.stdout.write(f"nsh {__version__}\n")
        return 0
    if verb.startswith(("--color", "--no-color")):
        return _coloured(arguments)
    if verb == "-c" or verb.startswith("--"):
        if console.has_screen() and not any(one.startswith("-c") for one in arguments):
            return _play(arguments)  # a machine of one's own, with options
        return _code(arguments)
    command = _COMMANDS.get(verb)
    if command is not None:
        return command(rest)
    what = "option" if verb.startswith("-") else "command"
    console.complain(f"there is no {what} {verb!r}{_suggestion(verb)} (see nsh --help)")
    return 2


def _coloured(arguments: list[str]) -> int:
    """Go on behind an option that goes in front of every subcommand."""
    from nsh import flags

    parser = _parser("nsh", add_help=False)
    flags.colour(parser)
    count = 2 if arguments[0] == "--color" else 1
    parser.parse_args(arguments[:count])
    return _dispatch(arguments[count:])


def _suggestion(verb: str) -> str:
    import shlex

    from nsh.spelling import suggestion

    if os.path.isfile(verb):
        return f"; to perform that file: nsh run {shlex.quote(verb)}"
    return suggestion(verb, _COMMANDS)


def _bare() -> int:
    """``nsh`` alone: the interface on a terminal, else what comes in is a script."""
    if console.has_screen():
        return _play([])
    if sys.stdin.isatty():
        console.complain("no full screen here: type a script, and Ctrl-D at its end")
    load_lightly()
    from nsh import runner

    text = console.read_stdin()
    return 2 if text is None else runner.run(text, "<stdin>", runner.Options())


def _code(arguments: list[str]) -> int:
    load_lightly()
    from nsh import runner

    if len(arguments) == 2 and arguments[0] == "-c":  # argparse would take longer than the code
        return runner.run(arguments[1], "-c", runner.Options())
    from nsh import flags

    usage = "nsh -c CODE [--json] [--kernel linux] [--profile NAME] [--from FILE]"
    parser = _parser("nsh", usage=usage, add_help=False)
    parser.add_argument("-c", dest="code", metavar="CODE")
    flags.outcome(parser)
    flags.kernel(parser)
    flags.common(parser)
    flag = arguments[0].partition("=")[0]
    if flag[:1] == "-" and not any(
        known.startswith(flag) for known in parser._option_string_actions
    ):
        parser.error(f"there is no option {flag!r}")
    given = parser.parse_args(arguments)
    if given.code is None:
        import shlex

        parser.error(f"it wants -c CODE; a script from a pipe is nsh run - {shlex.join(arguments)}")
    return runner.run(given.code, "-c", flags.options(parser, given))


def _run(arguments: list[str]) -> int:
    from nsh import flags

    parser = _parser(
        "nsh run",
        "Perform a script.",
        usage="nsh run [OPTIONS] FILE",
        examples=(
            "nsh run demos/s0/first-container.nsh",
            "echo ps | nsh run - --json",
            "nsh run --kernel linux demos/s0/nested-spaces.nsh",
        ),
    )
    parser.add_argument("file", metavar="FILE", help="a script, or - for standard input")
    flags.outcome(parser)
    flags.kernel(parser)
    flags.common(parser)
    given = parser.parse_args(arguments)
    load_lightly()
    from nsh import runner

    options = flags.options(parser, given)
    text = console.read_file(given.file)
    return 2 if text is None else runner.run(text, given.file, options)


def _check(arguments: list[str]) -> int:
    from nsh import checks

    return checks.main(arguments, _parser)


def _play(arguments: list[str]) -> int:
    from nsh import plays

    return plays.main(arguments, _parser)


def _notes(arguments: list[str]) -> int:
    from nsh import flags

    parser = _parser(
        "nsh notes",
        "What the presenter reads, on a second terminal, while nsh play --notes plays.",
        usage="nsh notes [OPTIONS]",
        examples=("nsh play --notes demos/s2/side-by-side.nsh   # on the other one", "nsh notes"),
    )
    parser.add_argument("--theme", default="", metavar="NAME", help="dark, light, mono, ...")
    parser.add_argument("--ascii", action="store_true", help="only ASCII characters")
    flags.colour(parser)
    given = parser.parse_args(arguments)
    from nsh import runner

    return runner.notes(given.theme, ascii_only=given.ascii)


def _repl(arguments: list[str]) -> int:
    from nsh import flags

    parser = _parser(
        "nsh repl",
        "Type commands at a prompt.",
        usage="nsh repl [OPTIONS] [FILE]",
        examples=(
            "nsh repl",
            "nsh repl --profile franke-2005 demos/s0/first-container.nsh",
            "nsh live save here.nsh && nsh repl --from here.nsh",
        ),
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="a script to perform first")
    parser.add_argument("--plain", action="store_true", help="append only: no redraw, no colour")
    parser.add_argument("--vi", action="store_true", help="the keys of vi (F4 changes them)")
    parser.add_argument("--theme", default="", metavar="NAME", help="terminal, dark, light, ...")
    parser.add_argument(
        "--no-history", dest="kept", action="store_false", help="keep nothing of what is typed"
    )
    flags.common(parser)
    flags.colour(parser)
    given = parser.parse_args(arguments)
    if given.plain:
        console.choose_colour("never")
    load_lightly()
    from nsh import runner

    options = flags.options(parser, given)
    text = console.read_file(given.file) if given.file is not None else ""
    if text is None:
        return 2
    return runner.line_shell(
        text,
        given.file or "",
        options,
        plain=given.plain,
        vi=given.vi,
        theme=given.theme,
        kept=given.kept,
    )


def _live(arguments: list[str]) -> int:
    from nsh import live

    return live.main(arguments, _parser)


def _export(arguments: list[str]) -> int:
    if arguments[:1] == ["proc"]:
        from nsh.export import proc

        return proc.main(arguments[1:], _parser)
    from nsh.export import command

    return command.main(arguments, _parser)


def _help(arguments: list[str]) -> int:
    parser = _parser(
        "nsh help",
        "The page on a command, a policy, a chapter, a mechanism, a code; alone, all there are.",
        examples=("nsh help unshare", "nsh help policies", "nsh help S2"),
    )
    parser.add_argument("topic", nargs="*", metavar="TOPIC", help="unshare, pid.move, P3, S2, ...")
    topic = parser.parse_args(arguments).topic
    from nsh import helping
    from nsh.session import manual

    behind = ""
    if len(topic) == 1 and topic[0] in _COMMANDS:
        if manual.page(topic) is None:
            sys.stdout.write(_parser_of(topic[0]).format_help())
            return 0
        behind = helping.subcommand(topic[0])
    return helping.help_on(topic, "" if topic else USAGE + "\n", behind)


def _explain(arguments: list[str]) -> int:
    parser = _parser(
        "nsh explain",
        "What the code of an error, or an errno, means.",
        examples=("nsh explain NSH-E0101", "nsh explain ESRCH", "nsh explain eperm"),
    )
    parser.add_argument("code", metavar="CODE", help="NSH-E0101, ESRCH")
    given = parser.parse_args(arguments)
    from nsh import helping

    return helping.explain(given.code)


def _compare(arguments: list[str]) -> int:
    from nsh import comparison

    return comparison.main(arguments, _parser)


def _explore(arguments: list[str]) -> int:
    from nsh import exploration

    return exploration.main(arguments, _parser)


def _completion(arguments: list[str]) -> int:
    from nsh import shells

    return shells.main(arguments, _parser, _subcommands)


def _man(arguments: list[str]) -> int:
    from nsh import pages

    return pages.main(arguments, _parser, USAGE, _subcommands)


def _subcommands() -> "dict[str, tuple[str, Callable[[], ArgumentParser]]]":
    """Every subcommand's line of help, and how to come by its parser."""
    from nsh.pages import SAID

    return {name: (said, partial(_parser_of, name)) for name, said in SAID.items()}


def _parser_of(name: str) -> "ArgumentParser":
    from nsh.pages import Described
    from nsh.parsers import DESCRIBE

    try:
        (_code if name == "-c" else _COMMANDS[name])([DESCRIBE])
    except Described as asked:
        return asked.parser
    raise AssertionError(f"nsh {name} has no parser")


_COMMANDS: Final[dict[str, Callable[[list[str]], int]]] = {
    "run": _run,
    "check": _check,
    "play": _play,
    "repl": _repl,
    "live": _live,
    "compare": _compare,
    "explore": _explore,
    "export": _export,
    "notes": _notes,
    "explain": _explain,
    "help": _help,
    "completion": _completion,
    "man": _man,
}
