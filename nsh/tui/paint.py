"""A theme in Textual's terms: styles and glyphs for roles, slots for style sheets."""

from collections.abc import Sequence
from functools import cache, cached_property

from rich.style import Style
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import Theme as TextualTheme

from nsh.machine.screens import Style as Written
from nsh.views.themes import Theme

_COLOURLESS = NoColor()


@cache
def _plain() -> LineFilter:
    from nsh.tui.ascii import Ascii  # noqa: PLC0415  # few terminals need it

    return Ascii()


class Paint:
    """What panes draw with: the look of every role under one theme."""

    def __init__(self, theme: Theme, *, ascii_only: bool = False, colour: bool = True) -> None:
        self.theme = theme
        self.ascii_only = ascii_only
        self.colour = colour
        """False under NO_COLOR: what a ground would say is said by reversing."""
        self._styles: dict[str, Style] = {}

    def style(self, role: str) -> Style:
        """The style of a role's text.  ``KeyError`` for a role that does not exist."""
        style = self._styles.get(role)
        if style is None:
            look = self.theme.styles[role]
            on = look.attributes
            style = self._styles[role] = Style(
                color=rich_name(look.color),
                bgcolor=None if look.on is None else rich_name(look.on),
                bold="bold" in on or None,
                dim="dim" in on or None,
                italic="italic" in on or None,
                underline="underline" in on or None,
                reverse="reverse" in on or None,
                strike="strike" in on or None,
            )
        return style

    def filtered(self, usual: Sequence[LineFilter]) -> Sequence[LineFilter]:
        """What all lines pass: instead of Textual's grey, which is a colour, none under NO_COLOR,
        and where there is ASCII alone that of help, answers and what tasks write, too."""
        filters = [one for one in usual if not isinstance(one, Monochrome)]
        filters += [] if self.colour else [_COLOURLESS]
        return [*filters, _plain()] if self.ascii_only else filters

    def glyph(self, role: str) -> str:
        """The one-cell sign of a role."""
        look = self.theme.styles[role]
        return look.ascii if self.ascii_only else look.glyph

    @cached_property
    def muted(self) -> Style:
        """Words that matter less."""
        return Style(color=rich_name(self.theme.palette.muted))

    @cached_property
    def ground(self) -> Style:
        """A pane's ordinary text on a pane's ground."""
        palette = self.theme.palette
        return Style(color=rich_name(palette.foreground), bgcolor=rich_name(palette.surface))

    @cached_property
    def bar(self) -> Style:
        """The same on the ground between panes."""
        palette = self.theme.palette
        return Style(color=rich_name(palette.foreground), bgcolor=rich_name(palette.background))

    @cached_property
    def cursor(self) -> Style:
        """The ground of the selected row."""
        look = self.theme.styles["selected"]
        reverse = not self.colour or "reverse" in look.attributes or None
        ground = None if look.on is None else rich_name(look.on)
        return Style(color=rich_name(look.color), bgcolor=ground, bold=True, reverse=reverse)

    def written(self, look: Written, *, exchanged: bool = False) -> Style:
        """How text that a task wrote looks: the eight colours as the theme has them."""
        palette = self.theme.palette
        names = {
            "black": palette.panel,
            "red": palette.error,
            "green": palette.success,
            "yellow": palette.warning,
            "blue": palette.primary,
            "magenta": palette.accent,
            "cyan": palette.secondary,
            "white": palette.foreground,
        }
        named = {**names, "brightblack": palette.muted, "black": palette.muted}
        colour = {"fg": look.fg, "bg": look.bg}
        bright = look.fg.startswith("bright") and look.fg != "brightblack"
        fg = named.get(colour["fg"], names.get(look.fg.removeprefix("bright"), look.fg))
        bg = names.get(look.bg.removeprefix("bright"), look.bg)
        return Style(
            color=fg or None,
            bgcolor=bg or None,
            bold=look.bold or bright or None,
            dim=look.dim or None,
            italic=look.italic or None,
            underline=look.underline or None,
            reverse=look.reverse is not exchanged or None,
            strike=look.strike or None,
        )

    @property
    def more(self) -> str:
        """The sign that something was cut off."""
        return "~" if self.ascii_only else "…"

    def pick(self, drawn: str, typed: str) -> str:
        """*drawn*, or *typed* where only ASCII can be shown."""
        return typed if self.ascii_only else drawn


def rich_name(colour: str) -> str:
    """A theme's colour as Rich calls it."""
    return colour.removeprefix("ansi_")


def textual_theme(theme: Theme) -> TextualTheme:
    """The same theme, for style sheets.  Its roles are there as ``$nsh-ROLE``."""
    palette = theme.palette
    variables = {f"nsh-{name}": style.color for name, style in theme.styles.items()}
    selected = theme.styles["selected"]
    return TextualTheme(
        name=theme.name,
        primary=palette.primary,
        secondary=palette.secondary,
        accent=palette.accent,
        success=palette.success,
        warning=palette.warning,
        error=palette.error,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        dark=theme.dark,
        ansi=theme.ansi,
        variables={
            **variables,
            "nsh-muted": palette.muted,
            "ansi-background": palette.background if theme.ansi else "ansi_black",
            "ansi-foreground": palette.foreground if theme.ansi else "ansi_white",
            "input-cursor-text-style": "reverse",
            "input-cursor-background": palette.surface,
            "input-cursor-foreground": palette.foreground,
            "block-cursor-foreground": selected.color,
            "block-cursor-background": selected.on or palette.panel,
        },
    )
