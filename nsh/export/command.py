"""``nsh export FILE -o OUT``: a demo as a file.

Exit status: 0 ok, 1 a statement of the demo failed (the file shows it), 2 wrong usage, a syntax
error, or nothing could be written.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from nsh import console, flags
from nsh.export.measure import MARKS, Pace, Size
from nsh.session import themes

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nsh.export.film import Film, Studio
    from nsh.runner import Options
    from nsh.session.session import Session
    from nsh.views.themes import Theme

FORMATS: Final = {
    "svg": "a picture that moves; that stands still with --step or --at",
    "png": "a picture of the end, or of --step or --at",
    "cast": "a recording for asciinema, version 3; cast2: version 2",
    "html": "a page that plays: tables, keys, a transcript",
    "tape": "a tape for VHS, which types it into nsh repl and films that",
    "txt": "the transcript as text",
    "md": "the transcript as Markdown",
}
_ALSO: Final = {"htm": "html", "text": "txt", "markdown": "md"}
"""Other extensions."""
_STILLS: Final = ("svg", "png")
_LEAST: Final = Size(40, 12)
_MOST: Final = Size(500, 200)
PAGE: Final = """\
usage: nsh export FILE -o OUT [OPTIONS]
       nsh export proc FILE --as REF -o DIR     the /proc that a task sees

A demo as a picture, recording, page or transcript: always the same bytes.

  -o OUT            where to: .svg .png .cast .html .tape .txt .md; - is stdout
  --format F        one of these, or cast2, whatever OUT ends with
  --step N          svg and png: a still of that step
  --at MARK         a still: start, end, line:N, a chapter's number or beginning
  --size COLSxROWS  of the screen (120x40)
  --theme NAME      dark, light, okabe-ito, ...
  --speed X         twice as fast: 2; --idle-limit S: no moment stays longer
  --title TEXT      instead of FILE
  --profile NAME, --max-steps N, --from FILE, --as REF: as of nsh run

cast is for asciinema, version 3, and cast2 version 2; html plays by itself;
tape is for VHS, which types it into nsh repl and films that.

examples:
  nsh export demos/s0/same-pid-twice.nsh -o demo.svg
  nsh export demos/s2/side-by-side.nsh --at end -o screen.png
  nsh export demos/s0/init-dies.nsh --format md
"""


def main(arguments: list[str], new_parser: Callable[..., "ArgumentParser"]) -> int:
    """Do what the command line behind ``nsh export`` says."""
    parser = _options(new_parser)
    given = parser.parse_args(arguments)
    kind = _format(parser, given)
    given.out = given.out or "-"
    options = flags.options(parser, given)
    if kind == "png" and given.out == "-" and sys.stdout.isatty():
        parser.error("a PNG is no text for a terminal: -o FILE.png")
    known, _ = themes.load()
    if given.theme not in known:
        parser.error(f"no theme is called {given.theme}; there are {', '.join(sorted(known))}")
    text = console.read_file(given.file)
    if text is None or not console.has_place(given.out):
        return 2
    from nsh.export import marks, png

    try:
        made = _make(kind, given, options, text, known[given.theme])
    except (png.Unavailable, marks.NoSuchMoment, ValueError) as problem:
        console.complain(str(problem))
        return 2
    if made is None:
        return 2
    data, failed = made
    if not console.write_bytes(given.out, data if isinstance(data, bytes) else data.encode()):
        return 2
    if failed:
        console.complain(f"{given.file}: a statement failed; what was written shows it")
    return int(failed)


def _options(new_parser: Callable[..., "ArgumentParser"]) -> "ArgumentParser":
    parser = new_parser("nsh export", page=PAGE)
    add = parser.add_argument
    add("file", metavar="FILE", help="a script, or - for standard input")
    add("-o", "--out", default="", metavar="OUT", help="where to; - is standard output")
    add("--format", default="", choices=(*FORMATS, "cast2"), help="else OUT's extension says it")
    add("--size", type=_size, default=Size(), metavar="COLSxROWS", help="of the screen (120x40)")
    add("--theme", default="dark", metavar="NAME", help="dark, light, okabe-ito, ...")
    moment = parser.add_mutually_exclusive_group()
    moment.add_argument("--step", type=_number, metavar="N", help="a still of that step")
    moment.add_argument("--at", default="", metavar="MARK", help=f"a still: {MARKS}")
    add("--speed", type=_factor, default=1.0, metavar="X", help="twice as fast: 2")
    add("--idle-limit", type=_factor, metavar="S", help="no moment stays longer, in seconds")
    add("--title", default="", metavar="TEXT", help="instead of FILE")
    flags.common(parser)
    return parser


def _size(text: str) -> Size:
    width, _, height = text.partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; 120x40 is one")
    size = Size(int(width), int(height))
    if not all(low <= n <= high for low, n, high in zip(_LEAST, size, _MOST, strict=True)):
        least, most = "x".join(map(str, _LEAST)), "x".join(map(str, _MOST))
        raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
    return size


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def _factor(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.01 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0.01 to 1000")
    return number


def _format(parser: "ArgumentParser", given: "Namespace") -> str:
    kind: str = given.format
    if not kind:
        extension = PurePath(given.out).suffix.removeprefix(".").lower()
        kind = _ALSO.get(extension, extension)
        if kind not in FORMATS:
            known = ", ".join(f".{one}" for one in FORMATS)
            parser.error(
                f"what is {given.out!r} to be? It ends with none of {known}; --format says it too"
                if given.out
                else "where to? -o OUT.svg, say; or --format FORMAT for standard output"
            )
    still = given.step is not None or given.at
    if still and kind not in _STILLS:
        parser.error(f"--step and --at are for stills, {' and '.join(_STILLS)}, not for {kind}")
    return kind


def _make(
    kind: str, given: "Namespace", options: "Options", text: str, theme: "Theme"
) -> tuple[str | bytes, bool] | None:
    """What is to be written, and whether the demo failed; None after a complaint."""
    from nsh.export import html, ink, moments, tape, transcript
    from nsh.export.film import shoot
    from nsh.runner import load, open_session

    title = given.title or ("" if given.file == "-" else given.file)
    pace = Pace(given.speed, given.idle_limit)

    def session() -> "Session | None":
        made = open_session(options, keep=True, attended=False)
        return made if made is not None and load(made, text, given.file) else None

    first = session()
    if first is None:
        return None
    if kind in ("txt", "md"):
        said = transcript.transcript(first, title)
        return (transcript.plain if kind == "txt" else transcript.as_markdown)(said), said.failed
    if kind == "tape":
        repl = [
            *(("--profile", options.profile) if options.profile != "all" else ()),
            *(("--from", options.source) if options.source else ()),
            *(("--as", options.actor) if options.actor else ()),
        ]
        return tape.tape(first, title, given.out, repl, size=given.size, pace=pace)
    if kind == "html":
        again = session()
        assert again is not None  # as the first was made
        play = moments.play(first, title, pace)
        said = transcript.transcript(again, title)
        return html.page(play, said, theme, ink.paper(theme)), play.failed
    still = _still(given) if kind == "png" or given.step is not None or given.at else None
    film = shoot(first, title, size=given.size, theme=theme.name, pace=pace, still=still)
    return _drawn(kind, film), film.failed


def _still(given: "Namespace") -> Callable[["Studio"], int]:
    """What finds the moment that is asked for."""
    from nsh.export import marks

    def found(studio: "Studio") -> int:
        history = studio.player.history
        if given.step is not None:
            return marks.step(history, given.step)
        return marks.mark(history, studio.player.story, given.at or "end")

    return found


def _drawn(kind: str, film: "Film") -> str | bytes:
    from nsh.export import cast, png, svg

    if kind == "png":
        return png.still(film)
    if kind == "svg":
        return svg.svg(film)
    return cast.cast(film, 2 if kind == "cast2" else 3)
