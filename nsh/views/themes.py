"""Themes: what a role looks like, for every front end.  A theme file names roles, never panes.

A file (``themes/NAME.toml``) is read by whoever shows it; here its text becomes a checked
value.  A role that a theme leaves out looks like the neighbouring role it falls back to.  Each
has a glyph and an ASCII letter besides its colour, for colour is never the only signal.
"""

import tomllib
from typing import Annotated, Final, Literal
from unicodedata import combining, east_asian_width

import msgspec

from nsh.machine.record import Record

Colour = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(#[0-9a-fA-F]{6}"
        r"|ansi_(default|(bright_)?(black|red|green|yellow|blue|magenta|cyan|white)))$"
    ),
]
"""``#rrggbb``, or one of the terminal's own, ``ansi_bright_red``; ``ansi_default`` as it comes."""

Attribute = Literal["bold", "dim", "italic", "underline", "reverse", "strike"]

READABLE: Final = 4.5
"""The contrast that WCAG 2.2 asks of text (success criterion 1.4.3)."""

_ENOUGH: Final = 21.0
VISIBLE: Final = 3.0
"""The contrast it asks of lines and symbols (1.4.11)."""


class ThemeError(ValueError):
    """A theme file that cannot be used; the message says where and why."""


class Role(Record):
    """What the front ends know of a role: the look it has where a theme is silent."""

    falls_back: str
    """Another role, or a slot of the palette."""
    glyph: str
    ascii: str
    attributes: tuple[Attribute, ...] = ()
    symbol: bool = False
    """Draws lines and symbols, never words: a lower contrast will do."""


ROLES: Final[dict[str, Role]] = {
    "pid": Role("primary", "№", "#"),
    "foreign_pid": Role("muted", "⇄", "="),
    "invisible": Role("muted", "·", ".", ("italic",)),
    "comm": Role("foreground", "▪", "-"),
    "init": Role("accent", "◆", "*", ("bold",)),
    "thread": Role("muted", "≀", "}"),
    "running": Role("success", "▶", ">"),
    "sleeping": Role("muted", " ", " "),
    "stopped": Role("warning", "‖", "|"),
    "zombie": Role("error", "†", "x"),
    "dead": Role("muted", "✗", "X", ("strike",)),
    "frozen": Role("secondary", "❄", "f"),
    "container": Role("secondary", "▣", "@"),
    "pts": Role("secondary", "▭", "p"),
    "console": Role("accent", "▤", "c"),
    "errno": Role("error", "✖", "!", ("bold",)),
    "call": Role("foreground", "→", ">"),
    "reply": Role("success", "←", "<"),
    "stderr": Role("error", "▏", "|"),
    "added": Role("success", "+", "+", ("bold",)),
    "removed": Role("error", "-", "-", ("bold",)),
    "changed": Role("warning", "~", "~", ("bold",)),
    "selected": Role("foreground", "▸", ">", ("bold",)),
    "related": Role("foreground", "▹", ")", ("bold",)),
    "shared": Role("error", "=", "=", ("bold",)),
    "actor": Role("accent", "●", "*", ("bold",)),
    "header": Role("muted", "─", "-"),
    "guide": Role("muted", "│", "|", (), True),
    "narration": Role("foreground", "❝", '"'),
    "timeline": Role("muted", "━", "=", (), True),
    "chapter": Role("secondary", "┴", "+", (), True),
    "now": Role("accent", "●", "O", ("bold",), True),
    "mark": Role("accent", "▾", "v", (), True),
    "match": Role("warning", "◆", "*", (), True),
    "keyword": Role("secondary", " ", " ", ("bold",)),
    "command": Role("primary", " ", " "),
    "builtin": Role("primary", " ", " ", ("bold",)),
    "option": Role("secondary", " ", " "),
    "string": Role("success", " ", " "),
    "variable": Role("warning", " ", " "),
    "number": Role("foreground", " ", " "),
    "path": Role("foreground", " ", " "),
    "signal": Role("accent", " ", " "),
    "operator": Role("muted", " ", " "),
    "comment": Role("muted", " ", " ", ("italic",)),
    "mistake": Role("error", " ", " ", ("underline",)),
    "suggestion": Role("muted", " ", " "),
}
"""Every role there is.  Front ends draw nothing that has no role or slot."""

TOKENS: Final = frozenset(
    {"keyword", "command", "builtin", "option", "string", "variable", "number", "path", "signal"}
    | {"operator", "comment", "mistake", "suggestion"}
)
"""Roles of what is typed; a colour is all they have, for the text itself says the rest."""

OUTSIDE_ROWS: Final = TOKENS | {
    "header",
    "narration",
    "timeline",
    "chapter",
    "now",
    "mark",
    "match",
}
"""Roles that never stand on the ground of a selected row."""

SLOTS: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "muted",
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
)


class Palette(Record, forbid_unknown_fields=True):
    """The slots that every theme fills: three grounds, and what stands on them."""

    background: Colour
    surface: Colour
    panel: Colour
    foreground: Colour
    muted: Colour
    primary: Colour
    secondary: Colour
    accent: Colour
    success: Colour
    warning: Colour
    error: Colour


class Look(Record, forbid_unknown_fields=True):
    """What a theme says of one role; None: as the role says itself, or what it falls back to."""

    color: Colour | None = None
    on: Colour | None = None
    """The ground; None is the pane's."""
    attributes: tuple[Attribute, ...] | None = None
    glyph: str | None = None
    ascii: str | None = None


class _File(Record, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+$")]
    title: str
    dark: bool
    textual: Palette
    nsh: dict[str, Colour | Look] = msgspec.field(default_factory=dict)


class Style(Record):
    """What a role finally looks like."""

    color: str
    on: str | None
    attributes: tuple[Attribute, ...]
    glyph: str
    ascii: str


class Theme(Record):
    """A checked theme.  ``styles`` has a style for every role."""

    name: str
    title: str
    dark: bool
    palette: Palette
    styles: dict[str, Style]

    @property
    def ansi(self) -> bool:
        """Whether its ground is the terminal's own."""
        return not self.palette.background.startswith("#")


def parse(text: str, source: str) -> Theme:
    """The theme that the TOML of a theme file describes.

    ``ThemeError``, which begins with *source*, if it is not TOML, lacks a slot, has a field or
    role that does not exist, a value of the wrong kind, or text too faint to read.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"{source}: {error}") from error
    except msgspec.ValidationError as error:
        raise ThemeError(f"{source}: {error}") from error
    unknown = sorted(file.nsh.keys() - ROLES.keys())
    if unknown:
        raise ThemeError(f"{source}: no such role: {', '.join(unknown)}")
    looks = {
        role: look if isinstance(look, Look) else Look(look) for role, look in file.nsh.items()
    }
    styles = {role: _style(role, looks, file.textual, source) for role in ROLES}
    theme = Theme(file.name, file.title, file.dark, file.textual, styles)
    faint = unreadable(theme)
    if faint:
        raise ThemeError(f"{source}: " + "; ".join(faint))
    return theme


def unreadable(theme: Theme) -> list[str]:
    """What in a theme is too faint to read, as sentences; empty for one that is fine.

    The terminal's own colours are what its owner made of them, so nothing is said of those.
    """
    found = []
    palette = theme.palette
    grounds = {"background": palette.background, "surface": palette.surface}
    cursor = theme.styles["selected"].on
    if cursor is not None:
        grounds["selected"] = cursor
    for name, style in sorted(theme.styles.items()):
        wanted = VISIBLE if ROLES[name].symbol else READABLE
        for ground, colour in sorted(grounds.items()):
            if ground == "selected" and name in OUTSIDE_ROWS:
                continue
            ratio = _known_contrast(style.color, style.on or colour)
            if ratio < wanted:
                found.append(f"{name} on {ground} has contrast {ratio:.1f}, not {wanted}")
    for name in ("foreground", "muted"):
        ratio = _known_contrast(getattr(palette, name), palette.panel)
        if ratio < READABLE:
            found.append(f"{name} on panel has contrast {ratio:.1f}, not {READABLE}")
    return found


def _known_contrast(one: str, other: str) -> float:
    return contrast(one, other) if one[0] == other[0] == "#" else _ENOUGH


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = []
    for start in (1, 3, 5):
        value = int(colour[start : start + 2], 16) / 255
        channels.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    red, green, blue = channels
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _style(name: str, looks: dict[str, Look], palette: Palette, source: str) -> Style:
    role = ROLES[name]
    look = looks.get(name, Look())
    colour = look.color
    while colour is None:
        fallback = role.falls_back
        if fallback in SLOTS:
            colour = getattr(palette, fallback)
        else:
            role = ROLES[fallback]
            colour = looks.get(fallback, Look()).color
    role = ROLES[name]
    glyph = role.glyph if look.glyph is None else look.glyph
    letter = role.ascii if look.ascii is None else look.ascii
    if len(glyph) != 1 or combining(glyph) or east_asian_width(glyph) in "WF":
        raise ThemeError(f"{source}: the glyph of {name} must be one cell wide, not {glyph!r}")
    if len(letter) != 1 or not " " <= letter <= "~":
        raise ThemeError(f"{source}: the ASCII fallback of {name} is {letter!r}, not one letter")
    attributes = role.attributes if look.attributes is None else look.attributes
    return Style(colour, look.on, attributes, glyph, letter)
