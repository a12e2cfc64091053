"""Options that several subcommands share: how they are declared, and what does not go together."""

from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING, Any

from nsh import console

if TYPE_CHECKING:
    from nsh.runner import Options


def common(parser: ArgumentParser) -> None:
    """Declare where a run starts from and what it may cost."""
    add = parser.add_argument
    add("--profile", default="all", metavar="NAME", help="a document's position")
    add("--max-steps", type=count, default=None, metavar="N", help="budget of the whole run")
    add(
        "--from",
        dest="source",
        default="",
        metavar="FILE",
        help="start from a saved machine, - from stdin",
    )
    add("--as", dest="actor", default="", metavar="REF", help="who acts there, instead of init")


def outcome(parser: ArgumentParser) -> None:
    """Declare how a run tells what came of it."""
    add = parser.add_argument
    add("--json", action="store_true", help="one JSON object a statement")
    add("--return", dest="own", action="store_true", help="end with the script's own status")
    colour(parser)


def kernel(parser: ArgumentParser) -> None:
    """Declare which kernel a run is on."""
    parser.add_argument(
        "--kernel",
        choices=("model", "linux"),
        default="model",
        metavar="KERNEL",
        help="linux: real processes, on this machine's kernel; else model",
    )
    max_tasks(parser)


def colour(parser: ArgumentParser) -> None:
    """Declare whether what is printed has colours."""
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        action=_Colour,
        metavar="WHEN",
        help="auto, always or never; --no-color",
    )
    parser.add_argument(
        "--no-color", dest="color", action=_Colour, const="never", nargs=0, help=SUPPRESS
    )


class _Colour(Action):
    """The choice becomes the environment's: whoever asks that finds it, programs that are started
    and the libraries of the front ends too."""

    def __call__(
        self, parser: object, namespace: object, values: Any, option: str | None = None
    ) -> None:
        console.choose_colour(values or self.const)


def max_tasks(parser: ArgumentParser) -> None:
    """Declare how many real processes there may be."""
    parser.add_argument(
        "--max-tasks", type=count, default=None, metavar="N", help="tasks at a time on Linux (256)"
    )


def count(text: str) -> int:
    """A number from 1 on.  Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is no positive number")
    return int(text)


def options(parser: ArgumentParser, given: Namespace) -> "Options":
    """What the command line says; it ends with status 2 where an option would mean nothing."""
    from nsh.runner import Options  # noqa: PLC0415  # who only asks for help does without

    found = Options(
        profile=given.profile,
        max_steps=given.max_steps,
        json=getattr(given, "json", False),
        own=getattr(given, "own", False),
        paranoid=getattr(given, "paranoid", False),
        source=given.source,
        actor=given.actor,
        kernel=getattr(given, "kernel", "model"),
        max_tasks=getattr(given, "max_tasks", None),
    )
    if found.actor and not found.source:
        parser.error("--as says who acts on a saved machine, and no --from FILE says which")
    if found.source == "-" and "-" in (getattr(given, "file", ""), *getattr(given, "files", ())):
        parser.error("standard input cannot be both the script and the machine: --from FILE")
    if found.kernel == "linux":
        if found.source:
            parser.error("--from starts from a machine of the model: it excludes --kernel linux")
        if found.paranoid:
            parser.error("--paranoid checks the model: it excludes --kernel linux")
    elif found.max_tasks is not None:
        parser.error(
            "--max-tasks needs --kernel linux; the model's limit is /proc/sys/kernel/pid_max"
        )
    return found
