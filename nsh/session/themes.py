"""The themes that ship, and which one suits a terminal."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from nsh import _resources
from nsh.views.themes import Theme, ThemeError, parse

DEFAULT_DARK: Final = "dark"
DEFAULT_LIGHT: Final = "light"
COLOURLESS: Final = "mono"
OWN: Final = "terminal"
"""For who does not paint the ground."""


def suited(environ: Mapping[str, str], *, colour: bool) -> str:
    """The theme that seems to suit a terminal: NSH_THEME if set; ``mono`` without colours; its own
    where it has but sixteen; ``light`` where COLORFGBG tells of a light ground; else ``dark``."""
    if wanted := environ.get("NSH_THEME"):
        return wanted
    if not colour:
        return COLOURLESS
    if sixteen(environ):
        return OWN
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    return DEFAULT_LIGHT if ground in ("7", "15") else DEFAULT_DARK


def sixteen(environ: Mapping[str, str]) -> bool:
    """Whether a terminal has, as far as it tells, no more than sixteen colours: those of a theme
    would come out as the nearest of these, and many as the same."""
    term = environ.get("TERM", "")
    many = term.rpartition("-")[2] in ("256color", "direct", "kitty")
    return bool(term) and not many and environ.get("COLORTERM") not in ("truecolor", "24bit")


def one(name: str) -> tuple[Theme, list[str]]:
    """The theme of that name, and no other is read; else :data:`OWN`, and what is wrong."""
    if re.fullmatch(r"[a-z0-9-]+", name):
        path = _resources.folder("themes") / f"{name}.toml"
        with suppress(OSError, UnicodeDecodeError, ThemeError):  # load() tells of it
            return parse(path.read_text(encoding="utf-8"), path.name), []
    known, complaints = load()
    if name not in known:
        complaints.append(f"no theme is called {name}; there are {', '.join(sorted(known))}")
    return known.get(name) or known.get(OWN) or known[min(known)], complaints


def load() -> tuple[dict[str, Theme], list[str]]:
    """Every theme that ships, by name, and what is wrong with those that cannot be used.

    ``MissingResource`` if there is no theme that can.
    """
    themes: dict[str, Theme] = {}
    failures: list[str] = []
    folder = _resources.folder("themes")
    for path in sorted(folder.glob("*.toml")):
        try:
            theme = parse(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError, ThemeError) as error:
            failures.append(str(error))
            continue
        themes[theme.name] = theme
    if not themes:
        raise _resources.MissingResource(
            f"no theme in {folder} can be used: {'; '.join(failures) or 'the folder is empty'}"
        )
    return themes, failures
