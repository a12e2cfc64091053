"""``nsh play``: the options of the interface."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from nsh import console
from nsh._modules import load_lightly

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from nsh.runner import Options, Staging

SWITCHES: Final = {
    "--ascii": ("ascii_only", True, "no line-drawing characters"),
    "--no-history": ("kept", False, "keep nothing of what is typed, nor the layout"),
    "--auto": ("auto", True, "play at once"),
    "--no-typing": ("typing", False, "perform without typing first"),
    "--notes": ("notes", True, "tell nsh notes what is shown"),
}
"""Options that say of a part of the staging whether it is so."""


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh play`` says."""
    files = [each for each in arguments if each not in SWITCHES]
    if len(files) > 1 or any(each[:1] in "-\0" for each in files):
        return _as_told(arguments, new_parser)
    load_lightly()  # without argparse, which would be a fiftieth of the way to the first frame
    from nsh import runner

    switched: dict[str, Any] = {}
    for each in arguments:
        if each in SWITCHES:
            part, value, _said = SWITCHES[each]
            switched[part] = value
    return _show(files[0] if files else None, runner.Options(), runner.Staging(**switched))


def _as_told(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    from nsh import flags

    parser = new_parser(
        "nsh play",
        "Play a demo, step by step, or a recording; without FILE, a machine of your own.",
        usage="nsh play [OPTIONS] [FILE]",
        examples=(
            "nsh play demos/s0/same-pid-twice.nsh",
            "nsh play --auto --notes demos/s2/side-by-side.nsh",
            "nsh play demos/s0/same-pid-twice.nsh | less",
        ),
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="a script, an asciicast, or -")
    parser.add_argument("--theme", default="", metavar="NAME", help="dark, light, mono, ...")
    for name, (part, value, said) in SWITCHES.items():
        parser.add_argument(
            name, dest=part, action="store_const", const=value, default=not value, help=said
        )
    flags.common(parser)
    flags.colour(parser)
    given = parser.parse_args(arguments)
    load_lightly()
    from nsh import runner

    options = flags.options(parser, given)
    switched = {part: getattr(given, part) for part, _value, _said in SWITCHES.values()}
    return _show(given.file, options, runner.Staging(given.theme, **switched))


def _show(file: str | None, options: "Options", staging: "Staging") -> int:
    from nsh import runner

    text = console.read_file(file) if file is not None else ""
    return 2 if text is None else runner.play(text, file or "", options, staging)
