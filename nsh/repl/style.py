"""A theme in prompt_toolkit's terms."""

from typing import Final

from prompt_toolkit.styles import Style

from nsh.views.themes import Style as Look
from nsh.views.themes import Theme

_OTHER_NAMES: Final = {
    "white": "gray",
    "bright_white": "white",
}


def style_of(theme: Theme) -> Style:
    """A class for each role, and the looks of what prompt_toolkit draws itself."""
    rules = {role: _rule(look) for role, look in theme.styles.items()}
    palette = theme.palette
    ground = "" if theme.ansi else f"bg:{colour(palette.panel)}"
    menu = "reverse" if theme.ansi else f"{ground} {colour(palette.foreground)}"
    chosen = "noreverse bold" if theme.ansi else f"noinherit {rules['selected']}"
    return Style.from_dict(
        {
            **rules,
            "auto-suggestion": rules["suggestion"],
            "bottom-toolbar": f"noreverse {colour(palette.muted)} {ground}",
            "completion-menu.completion": menu,
            "completion-menu.completion.current": chosen,
            "completion-menu.meta.completion": f"{menu} {'dim' if theme.ansi else ''}",
            "completion-menu.meta.completion.current": chosen,
            "scrollbar.background": ground,
            "scrollbar.button": "reverse",
        }
    )


def colour(name: str) -> str:
    """A theme's colour as prompt_toolkit calls it."""
    if name.startswith("#"):
        return name
    bare = name.removeprefix("ansi_")
    if bare == "default":
        return "fg:default"
    return "ansi" + _OTHER_NAMES.get(bare, bare).replace("_", "")


def _rule(look: Look) -> str:
    words = [colour(look.color), *look.attributes]
    if look.on is not None:
        words.append(f"bg:{colour(look.on)}")
    return " ".join(words)
