"""The parsers of the subcommands: argparse, with our words and pages that fit a screen."""

import sys
from argparse import SUPPRESS, Action, ArgumentError, ArgumentParser, HelpFormatter
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from nsh import console
from nsh.spelling import suggestion

DESCRIBE: Final = "\0describe"
"""An argument that nobody can give: the parser itself is wanted."""


class Page(HelpFormatter):
    """The usual page in 80 columns, without headings: what stands there tells by itself what it
    is."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24, width=80)

    def start_section(self, heading: str | None) -> None:
        """Begin what stands together."""
        del heading
        super().start_section(None)


class Help(Action):
    """``-h`` is the options at a glance, ``--help`` all there is to say, examples too."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=SUPPRESS, help=_HELP)

    def __call__(
        self, parser: ArgumentParser, namespace: object, values: object, option: str | None = None
    ) -> NoReturn:
        """Show it and end."""
        shown = parser.format_help()
        sys.stdout.write(glance(shown, parser.prog) if option == "-h" else shown)
        parser.exit()


_HELP: Final = "the options; with examples"


def glance(page: str, prog: str) -> str:
    """A *page* of help without examples, and without prose that is longer than a line."""
    parts = page.split("\n\n")
    kept = [one for one in parts if one.startswith(("usage:", "  ")) or "\n" not in one.strip()]
    return "\n\n".join(one.rstrip("\n") for one in kept) + f"\n\nmore: {prog} --help\n"


class Parser(ArgumentParser):
    """One line of error, and the way to help.

    *page* is the help where it is written out; else it is made, and has *examples* at its end.
    """

    def __init__(self, *, page: str = "", examples: Sequence[str] = (), **options: Any) -> None:
        helps = options.pop("add_help", True)
        super().__init__(formatter_class=Page, add_help=False, **options)
        self._page = page
        self._examples = examples
        if helps:
            self.add_argument("-h", "--help", action=Help)

    def format_help(self) -> str:
        """What ``--help`` shows."""
        if self._page:
            return self._page
        lines = ["", "examples:", *(f"  {one}" for one in self._examples)]
        return super().format_help() + "\n".join(lines) + "\n"

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; raises Described where the parser itself is wanted."""
        if args == [DESCRIBE]:
            from nsh.pages import Described  # noqa: PLC0415  # who describes has loaded it

            raise Described(self)
        return super().parse_args(args, namespace)

    def parse_intermixed_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The same with operands between options."""
        if args == [DESCRIBE]:
            return self.parse_args(args)
        return super().parse_intermixed_args(args, namespace)

    def _check_value(self, action: Action, value: Any) -> None:
        """ArgumentError, with what was probably meant, where *value* is not one of few."""
        if action.choices is not None and value not in action.choices:
            choices = [str(one) for one in action.choices]
            told = f"{value!r} is none of {', '.join(choices)}{suggestion(str(value), choices)}"
            raise ArgumentError(action, told)

    def error(self, message: str) -> NoReturn:
        """Complain and end with status 2."""
        _, unknown, words = message.partition("unrecognized arguments: ")
        if unknown and words.startswith("-"):
            word = words.split()[0].partition("=")[0]
            message += suggestion(word, self._option_string_actions)
        console.complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(2)
