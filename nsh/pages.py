"""``nsh completion SHELL`` and ``nsh man``: made from the command line's own parsers.

What other shells complete, and what the manual page lists, is what ``nsh`` takes: each subcommand
is asked for its parser, and the registries for what can be helped on.
"""

from argparse import Action, ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from nsh.kernel import policies
from nsh.lang import codes
from nsh.session import manual, themes

SHELLS: Final = ("bash", "zsh", "fish")
_SCRIPTS: Final = frozenset({"file", "files"})
_FILES: Final = frozenset({"FILE", "DIR"})
"""What options take that is a file."""


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


_FIRST: Final = (
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


class Described(Exception):
    """Raised with a parser by who was asked for it."""

    def __init__(self, parser: ArgumentParser) -> None:
        super().__init__(parser.prog)
        self.parser = parser


def describe(
    subcommands: Mapping[str, tuple[str, Callable[[], ArgumentParser]]],
) -> list[Subcommand]:
    """All of them, in order; each is its line of help and how its parser is made."""
    values = {
        "--profile": tuple(policies.PROFILES),
        "--theme": tuple(sorted(themes.load()[0])),
    }
    words = {
        "help": tuple(topic for topic in manual.topics() if " " not in topic),
        "explain": tuple(codes.known()),
        "completion": SHELLS,
        "live": ("save",),
    }
    found = []
    for name, (said, make) in subcommands.items():
        parser = make()
        options = [one for one in parser._actions if one.option_strings]
        flags = tuple(_flag(one, values) for one in options)
        places = {one.dest for one in parser._actions if not one.option_strings}
        scripts = bool(places & _SCRIPTS) or name == "live"
        found.append(Subcommand(name, said, flags, scripts, words.get(name, ())))
    return found


def _flag(action: Action, values: Mapping[str, tuple[str, ...]]) -> Flag:
    names = tuple(action.option_strings)
    takes = ""
    if action.nargs != 0:
        takes = str(action.metavar or action.dest.upper())
    given = tuple(map(str, action.choices)) if action.choices is not None else ()
    return Flag(names, action.help or "", takes, given or values.get(names[-1], ()))


# ---- shells


def completion(shell: str, subcommands: Sequence[Subcommand]) -> str:
    """The script that *shell* has to read.  ``KeyError`` for one that is none of SHELLS."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](subcommands)


def _bash(subcommands: Sequence[Subcommand]) -> str:
    first = [name for flag in _FIRST for name in flag.names]
    lines = [
        "# nsh for bash: source it, or put it into /usr/share/bash-completion/completions/nsh",
        "_nsh() {",
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= files=",
        "    if [ $COMP_CWORD -eq 1 ]; then",
        f"        words='{' '.join([*(one.name for one in subcommands), *first])}'",
        "    else case ${COMP_WORDS[1]}:$before in",
    ]
    for one in subcommands:
        for flag in one.flags:
            if flag.takes:
                for name in flag.names:
                    then = (
                        f"words='{' '.join(flag.values)}'"
                        if flag.values
                        else "files=1" * flag.files
                    )
                    lines.append(f"        {one.name}:{name}) {then} ;;")
    for one in subcommands:
        names = [name for flag in one.flags for name in flag.names if name.startswith("--")]
        then = f"words='{' '.join([*names, *one.words])}'" + " files=1" * one.scripts
        lines.append(f"        {one.name}:*) {then} ;;")
    lines += [
        "    esac; fi",
        '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
        '    if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$word")); fi',
        "}",
        "complete -o filenames -F _nsh nsh",
    ]
    return "\n".join(lines) + "\n"


def _zsh(subcommands: Sequence[Subcommand]) -> str:
    first = " ".join(_zsh_flag(name, flag) for flag in _FIRST for name in flag.names)
    lines = [
        "#compdef nsh",
        "# nsh for zsh: put it as _nsh into a folder of $fpath",
        "_nsh() {",
        "    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then",
        "        local -a found=(",
        *(f"            {_quoted(f'{one.name}:{one.help}')}" for one in subcommands),
        "        )",
        "        _describe command found",
        "        return",
        "    fi",
        f"    if (( CURRENT == 2 )); then _arguments {first}; return; fi",
        "    local verb=$words[2]",
        "    shift words; (( CURRENT-- ))",
        "    case $verb in",
    ]
    for one in subcommands:
        arguments = [_zsh_flag(name, flag) for flag in one.flags for name in flag.names]
        words = f"({' '.join(one.words)})" if one.words else ""
        if words and one.scripts:
            alternatives = f'_alternative "words:word:{words}" "files:file:_files"'
            arguments.append(_quoted(f"*: :{alternatives}"))
        elif words or one.scripts:
            arguments.append(_quoted(f"*:word:{words or '_files'}"))
        lines.append(f"        {one.name}) _arguments {' '.join(arguments)} ;;")
    lines += ["    esac", "}", '_nsh "$@"']
    return "\n".join(lines) + "\n"


def _zsh_flag(name: str, flag: Flag) -> str:
    said = flag.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    text = f"{name}[{said}]"
    if flag.takes:
        values = f"({' '.join(flag.values)})" if flag.values else ""
        text += f":{flag.takes}:{values or ('_files' if flag.files else ' ')}"
    return _quoted(text)


def _fish(subcommands: Sequence[Subcommand]) -> str:
    lines = [
        "# nsh for fish: put it into ~/.config/fish/completions/nsh.fish",
        "complete -c nsh -f",
    ]
    first = "-n __fish_use_subcommand"
    lines += [
        f"complete -c nsh {first} -a {one.name} -d {_quoted(one.help)}" for one in subcommands
    ]
    lines += [f"complete -c nsh {first} {_fish_flag(flag)}" for flag in _FIRST]
    for one in subcommands:
        there = f"-n '__fish_seen_subcommand_from {one.name}'"
        if one.scripts:
            lines.append(f"complete -c nsh {there} -F")
        if one.words:
            lines.append(f"complete -c nsh {there} -a {_quoted(' '.join(one.words))}")
        lines += [f"complete -c nsh {there} {_fish_flag(flag)}" for flag in one.flags]
    return "\n".join(lines) + "\n"


def _fish_flag(flag: Flag) -> str:
    words = [f"-l {name[2:]}" if name[1] == "-" else f"-s {name[1:]}" for name in flag.names]
    if flag.values:
        words.append(f"-x -a {_quoted(' '.join(flag.values))}")
    elif flag.takes:
        words.append("-r -F" if flag.files else "-x")
    if flag.help:
        words.append(f"-d {_quoted(flag.help)}")
    return " ".join(words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# ---- the manual page


def man(version: str, usage: str, subcommands: Sequence[Subcommand]) -> str:
    """nsh(1), as roff."""
    lines = [
        f'.TH NSH 1 "" "nsh {version}" "User Commands"',
        ".SH NAME",
        "nsh \\- containers and their debates, on a machine of your own",
        ".SH SYNOPSIS",
        ".B nsh",
        "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]",
        ".SH COMMANDS",
    ]
    for one in subcommands:
        lines += [".TP", f".B {_roff(one.name)}", _roff(_sentence(one.help))]
        for flag in one.flags:
            names = ", ".join(flag.names)
            takes = f" \\fI{_roff(flag.takes)}\\fR" if flag.takes else ""
            lines += [
                ".RS",
                ".TP",
                f"\\fB{_roff(names)}\\fR{takes}",
                _roff(flag.help or " "),
                ".RE",
            ]
    lines += [".SH EXAMPLES", ".nf", *_examples(usage), ".fi", ".SH THE LANGUAGE"]
    lines += [".nf", *(_roff(line) for line in manual.index().splitlines()), ".fi"]
    lines += [
        ".SH EXIT STATUS",
        "0 fine, 1 the script or an expectation failed, 2 wrong usage or syntax,",
        "3 live data incomplete, or nothing to compare with, 130 interrupted;",
        "with \\-\\-return the script's own.",
        ".SH ENVIRONMENT",
        "NO_COLOR, CLICOLOR_FORCE, TERM, NSH_THEME, NSH_KEYS, NSH_PAGER, PAGER,",
        "XDG_STATE_HOME (the history of what was typed), XDG_CONFIG_HOME (keys).",
    ]
    return "\n".join(lines) + "\n"


def _examples(usage: str) -> list[str]:
    return [_roff(line.strip()) for line in usage.partition("examples:\n")[2].splitlines()]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _roff(text: str) -> str:
    """*text* as roff takes it: no dashes of its own, no line that begins a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text
