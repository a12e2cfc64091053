"""A picture of the screen: ``python -m nsh.tui.picture FILE OUT.svg`` (the README's is made so).

The script is played to the end of a statement, and what the TUI then shows is written as SVG: the
same bytes for the same script, on any machine.
"""

import argparse
import asyncio
import re
import sys
from pathlib import Path

from nsh.session.session import Session
from nsh.tui.app import NshApp

FONTS = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'
"""Fonts that people have; a picture fetches none."""


def picture(
    script: str,
    name: str,
    *,
    statement: int | None = None,
    size: tuple[int, int] = (120, 40),
    theme: str = "dark",
) -> str:
    """The screen, as SVG, after *statement* statements of *script* (all of them, if None).

    Raises as :meth:`nsh.session.session.Session.load` for a script that cannot be understood.
    """
    session = Session()
    session.load(script, name)
    return asyncio.run(_picture(session, name, statement, size, theme))


async def _picture(
    session: Session, name: str, statement: int | None, size: tuple[int, int], theme: str
) -> str:
    app = NshApp(session, title=name, theme=theme, colour=True)
    app.SLICE = 3600  # a picture waits until everything is done
    async with app.run_test(size=size) as pilot:
        if statement is None:
            app.action_seek_last()
        else:
            for _ in range(statement):
                app.action_statement(1)
        await pilot.pause()
        svg = app.export_screenshot(title=f"nsh play {name}")
    svg = re.sub(r"\s*@font-face\s*\{[^}]*\}", "", svg)
    svg = re.sub(r"font-family: Fira Code[^;]*;", f"font-family: {FONTS};", svg)
    return "\n".join(line.rstrip() for line in svg.strip().splitlines()) + "\n"


def main(arguments: list[str]) -> int:
    """Write a picture; replies the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nsh.tui.picture", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="a script")
    parser.add_argument("out", type=Path, metavar="OUT", help="where the SVG goes")
    parser.add_argument("--statement", type=int, metavar="N", help="after so many statements")
    parser.add_argument("--size", default="120x40", metavar="WxH", help="columns and rows")
    parser.add_argument("--theme", default="dark", metavar="NAME", help="one of themes/")
    given = parser.parse_args(arguments)
    width, _, height = given.size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        parser.error(f"--size is like 120x40, not {given.size}")
    svg = picture(
        given.file.read_text(encoding="utf-8"),
        given.file.as_posix(),
        statement=given.statement,
        size=(int(width), int(height)),
        theme=given.theme,
    )
    given.out.write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
