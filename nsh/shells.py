"""``nsh completion SHELL``: what bash, zsh and fish have to read to complete nsh's words."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh.pages import FIRST, Flag, Parsers, Subcommand, describe

if TYPE_CHECKING:
    from argparse import ArgumentParser


def main(
    arguments: list[str],
    new_parser: Callable[..., "ArgumentParser"],
    subcommands: Callable[[], Parsers],
) -> int:
    """Do what the command line behind ``nsh completion`` says."""
    parser = new_parser(
        "nsh completion",
        "What bash, zsh or fish needs to complete nsh's words.",
        examples=(
            'eval "$(nsh completion bash)"',
            "nsh completion zsh > ~/.zfunc/_nsh     # with ~/.zfunc in $fpath",
            "nsh completion fish > ~/.config/fish/completions/nsh.fish",
        ),
    )
    parser.add_argument("shell", metavar="SHELL", choices=tuple(SHELLS), help=", ".join(SHELLS))
    shell = parser.parse_args(arguments).shell
    sys.stdout.write(completion(shell, describe(subcommands())))
    return 0


def completion(shell: str, subcommands: Sequence[Subcommand]) -> str:
    """The script that *shell* has to read.  ``KeyError`` for one that is none of SHELLS."""
    return SHELLS[shell](subcommands)


def _bash(subcommands: Sequence[Subcommand]) -> str:
    names = [one.name for one in subcommands if one.name[0] != "-"]
    first = [name for flag in FIRST for name in flag.names]
    lines = [
        "# nsh for bash: source it, or put it into ~/.local/share/bash-completion/completions/nsh",
        "_nsh() {",
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= files=",
        "    case $before:$word in  # readline takes --option=value apart",
        "        --*:=) word= ;;",
        "        =:*) before=${COMP_WORDS[COMP_CWORD-2]} ;;",
        "    esac",
        "    if [ $COMP_CWORD -eq 1 ]; then",
        f"        words='{' '.join([*names, *first])}'",
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
        options = [name for flag in one.flags for name in flag.names if name.startswith("--")]
        then = f"words='{' '.join([*options, *one.words])}'" + " files=1" * one.scripts
        lines.append(f"        {one.name}:*) {then} ;;")
    lines += [
        "    esac; fi",
        '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
        '    [ -n "$files" ] || return 0',
        "    local IFS=$'\\n'  # names have spaces",
        '    COMPREPLY+=($(compgen -f -- "$word"))',
        "    # what is quoted, or begins with ~, readline itself understands",
        "    [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default 2> /dev/null",
        "    return 0",
        "}",
        "complete -o filenames -F _nsh nsh",
    ]
    return "\n".join(lines) + "\n"


def _zsh(subcommands: Sequence[Subcommand]) -> str:
    first = " ".join(_zsh_flag(name, flag) for flag in FIRST for name in flag.names)
    lines = [
        "#compdef nsh",
        "# nsh for zsh: put it as _nsh into a folder of $fpath",
        "_nsh() {",
        "    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then",
        "        local -a found=(",
        *(
            f"            {_quoted(f'{one.name}:{one.help}')}"
            for one in subcommands
            if one.name[0] != "-"
        ),
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
        arguments = [
            _zsh_flag(name, flag) for flag in one.flags for name in flag.names if name != one.name
        ]
        words = f"({' '.join(one.words)})" if one.words else ""
        if words and one.scripts:
            alternatives = f'_alternative "words:word:{words}" "files:file:_files"'
            arguments.append(_quoted(f"*: :{alternatives}"))
        elif words or one.scripts:
            arguments.append(_quoted(f"*:word:{words or '_files'}"))
        else:
            arguments.append("'1:word: '")
        lines.append(f"        {one.name}) _arguments {' '.join(arguments)} ;;")
    lines += ["    esac", "}", '_nsh "$@"']
    return "\n".join(lines) + "\n"


def _zsh_flag(name: str, flag: Flag) -> str:
    said = flag.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    text = f"{name}{'=' if flag.takes and name.startswith('--') else ''}[{said}]"
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
        f"complete -c nsh {first} -a {one.name} -d {_quoted(one.help)}"
        for one in subcommands
        if one.name[0] != "-"
    ]
    lines += [f"complete -c nsh {first} {_fish_flag(flag)}" for flag in FIRST]
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


SHELLS: Final[Mapping[str, Callable[[Sequence[Subcommand]], str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
