"""What ``nsh`` takes, asked of the command line's own parsers, and the manual page made of it.

Each subcommand is asked for its parser, and the registries for what can be helped on; what other
shells complete comes of the same (:mod:`nsh.shells`).
"""

import sys
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from nsh.abi.errno import Errno
from nsh.kernel import policies
from nsh.lang import codes
from nsh.session import manual, themes

_SCRIPTS: Final = frozenset({"file", "files"})
_FILES: Final = frozenset({"FILE", "DIR", "OUT"})
"""What options take that is a file."""


SAID: Final[Mapping[str, str]] = {
    "-c": "perform CODE",
    "run": "perform a script",
    "check": "perform scripts and report every expectation",
    "play": "a demo, step by step",
    "repl": "the line shell",
    "live": "the machine you sit at",
    "compare": "a script on the model and on this kernel",
    "explore": "a script in all orders of its programs' steps",
    "export": "a demo as a picture, a recording, a page, a transcript; a task's /proc",
    "notes": "what the presenter reads beside nsh play --notes",
    "explain": "what the code of an error means",
    "help": "a command, a policy, a chapter, a mechanism",
    "completion": "what bash, zsh or fish needs to complete nsh's words",
    "man": "this page",
}
"""What each subcommand is for, in a line."""


class Flag(NamedTuple):
    """An option of a subcommand."""

    names: tuple[str, ...]
    help: str
    takes: str
    """The placeholder of its value, "" if it takes none."""
    values: tuple[str, ...] = ()

    @property
    def files(self) -> bool:
        """It takes the name of a file."""
        return self.takes in _FILES


FIRST: Final = (
    Flag(("-c",), "perform CODE", "CODE"),
    Flag(("--help",), "the commands", ""),
    Flag(("--version",), "which nsh this is", ""),
)
"""What may stand instead of a subcommand."""


class Subcommand(NamedTuple):
    """One of ``nsh``'s subcommands."""

    name: str
    help: str
    flags: tuple[Flag, ...]
    scripts: bool
    """It takes scripts."""
    words: tuple[str, ...] = ()
    """What else may stand there."""
    examples: tuple[str, ...] = ()


class Described(Exception):
    """Raised with a parser by who was asked for it."""

    def __init__(self, parser: ArgumentParser) -> None:
        super().__init__(parser.prog)
        self.parser = parser


Parsers: TypeAlias = Mapping[str, tuple[str, Callable[[], ArgumentParser]]]
"""The subcommands by name: each is its line of help, and how its parser is made."""


def describe(subcommands: Parsers) -> list[Subcommand]:
    """All of them, in order; each is its line of help and how its parser is made."""
    values = {
        "--profile": tuple(policies.PROFILES),
        "--theme": tuple(sorted(themes.load()[0])),
        "--at": ("start", "end"),
        "--size": ("80x24", "120x40", "200x60"),
    }
    words = {
        "help": tuple(topic for topic in manual.topics() if " " not in topic),
        "explain": (*codes.known(), *Errno.__members__),
        "completion": ("bash", "zsh", "fish"),
        "live": ("save",),
        "export": ("proc",),
    }
    found = []
    for name, (said, make) in subcommands.items():
        parser = make()
        options = [one for one in parser._actions if one.option_strings]
        flags = tuple(_flag(one, values) for one in options)
        places = {one.dest for one in parser._actions if not one.option_strings}
        scripts = bool(places & _SCRIPTS) or name == "live"
        examples = parser.format_help().partition("\nexamples:\n")[2].splitlines()
        shown = tuple(line.strip() for line in examples)
        found.append(Subcommand(name, said, flags, scripts, words.get(name, ()), shown))
    return found


def _flag(action: Action, values: Mapping[str, tuple[str, ...]]) -> Flag:
    names = tuple(action.option_strings)
    takes = ""
    if action.nargs != 0:
        takes = str(action.metavar or action.dest.upper())
    given = tuple(map(str, action.choices)) if action.choices is not None else ()
    said = action.help or ""
    if said == SUPPRESS:  # it is told about with another one
        said = f"as --{action.dest}={action.const}"
    return Flag(names, said, takes, given or values.get(names[-1], ()))


def main(
    arguments: list[str],
    new_parser: Callable[..., ArgumentParser],
    usage: str,
    subcommands: Callable[[], Parsers],
) -> int:
    """Do what the command line behind ``nsh man`` says; *usage* is the page of ``nsh --help``."""
    examples = ("nsh man | man -l -", "nsh man > ~/.local/share/man/man1/nsh.1")
    new_parser("nsh man", "The manual page, nsh(1).", examples=examples).parse_args(arguments)
    from nsh import __version__  # noqa: PLC0415  # it is looked up

    sys.stdout.write(man(__version__, usage, describe(subcommands())))
    return 0


def man(version: str, usage: str, subcommands: Sequence[Subcommand]) -> str:
    """nsh(1), as roff; *usage* is the page of ``nsh --help``."""
    synopsis = usage.split("\n\n")[1].splitlines()
    lines = [
        f'.TH NSH 1 "" "nsh {version}" "User Commands"',
        ".SH NAME",
        "nsh \\- containers and their debates, on a machine of your own",
        ".SH SYNOPSIS",
        ".nf",
        *(_roff(line.strip()) for line in synopsis),
        ".fi",
        ".SH COMMANDS",
    ]
    for one in subcommands:
        lines += [".TP", f".B {_roff(one.name)}", _roff(_sentence(one.help))]
        for flag in one.flags:
            if flag.names[-1] in ("--help", one.name):
                continue
            names = ", ".join(flag.names)
            takes = f" \\fI{_roff(flag.takes)}\\fR" if flag.takes else ""
            lines += [".RS", ".TP", f"\\fB{_roff(names)}\\fR{takes}", _roff(flag.help), ".RE"]
    examples = usage.partition("examples:\n")[2].splitlines()
    shown = dict.fromkeys(
        [*map(str.strip, examples), *(e for s in subcommands for e in s.examples)]
    )
    lines += [".SH EXAMPLES", ".nf", *map(_roff, shown), ".fi", ".SH THE LANGUAGE"]
    lines += [".nf", *(_roff(line) for line in manual.index().splitlines()), ".fi"]
    return "\n".join([*lines, *_END]) + "\n"


_END: Final = (
    ".SH EXIT STATUS",
    "0 fine, 1 the script or an expectation failed, 2 wrong usage or syntax,",
    "3 live data incomplete, or nothing to compare with, 130 interrupted;",
    "with \\-\\-return the script's own.",
    ".SH ENVIRONMENT",
    "NO_COLOR, CLICOLOR_FORCE, TERM, NSH_THEME, NSH_KEYS, NSH_PAGER, PAGER,",
    "XDG_STATE_HOME, XDG_CONFIG_HOME, XDG_RUNTIME_DIR.",
    ".SH FILES",
    ".TP",
    ".I ~/.config/nsh/keys.toml",
    "Keys of your own.",
    ".TP",
    ".I ~/.local/state/nsh/history",
    "What was typed.",
    ".TP",
    ".I ~/.local/state/nsh/layout.json",
    "Where the panes are.",
    ".SH SEE ALSO",
    ".BR unshare (1),",
    ".BR nsenter (1),",
    ".BR lsns (1),",
    ".BR pid_namespaces (7)",
)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _roff(text: str) -> str:
    """*text* as roff takes it: no dashes of its own, no line that begins a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text
