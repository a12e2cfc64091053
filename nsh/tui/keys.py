"""Every key, once: bindings, the help screen and the hints are made from this table.

Each has an id, by which a user moves it.  ``STAGE`` keys are heard only while a pane has the
focus: the prompt never loses a letter to them.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from textual.binding import Binding, BindingType


class Key(NamedTuple):
    """One action and the keys that ask for it."""

    id: str
    keys: str
    """As Textual has them, with commas between."""
    action: str
    shown: str
    """The keys as people read them."""
    text: str


TIME: Final = (
    Key("time.play", "space", "app.play", "Space", "play, pause"),
    Key("time.forward", "full_stop", "app.step(1)", ".", "one step forward"),
    Key("time.back", "comma", "app.step(-1)", ",", "one step back"),
    Key("time.forward-5", "right", "app.step(5)", "Right", "five steps forward"),
    Key("time.back-5", "left", "app.step(-5)", "Left", "five steps back"),
    Key(
        "time.next", "right_square_bracket", "app.statement(1)", "]", "to the end of the statement"
    ),
    Key(
        "time.previous", "left_square_bracket", "app.statement(-1)", "[", "to the statement before"
    ),
    Key("time.first", "home,g", "app.seek_first", "Home g", "to the beginning"),
    Key("time.last", "end,G", "app.seek_last", "End G", "to the end"),
    Key("time.slower", "less_than_sign", "app.speed(-1)", "<", "play slower"),
    Key("time.faster", "greater_than_sign", "app.speed(1)", ">", "play faster"),
)
LIVE: Final = tuple(
    key._replace(text=text)
    for key, text in zip(
        TIME,
        (
            "freeze, go on looking",
            "the look after",
            "the look before",
            "five looks on",
            "five looks back",
            "the look after",
            "the look before",
            "the oldest look that is kept",
            "the present",
            "look less often",
            "look more often",
        ),
        strict=True,
    )
)
"""The same keys over the real machine."""
LIVE_OWN: Final = (Key("live.look", "r,f5", "app.look_now", "r F5", "look now"),)
"""Heard there only."""
LOOK: Final = (
    Key("look.viewer", "v", "app.viewer(1)", "v", "through other eyes"),
    Key("look.viewer-back", "V", "app.viewer(-1)", "V", "through those before"),
    Key("look.container", "c", "app.container(1)", "c", "bring the next container forward"),
    Key("look.follow", "F", "app.follow", "F", "let the selection follow what happens"),
    Key("look.filter", "backslash,f4", "app.filter", "\\ F4", "only tasks with these words"),
    Key("look.sort", "s", "app.sort(1)", "s", "tasks in another order: by pid, name, age, …"),
    Key("look.sort-back", "S", "app.sort(-1)", "S", "the order before; at last the tree"),
    Key("look.narration", "p", "app.narration", "p", "turn the page of the narration"),
    Key("look.next-pane", "tab,ctrl+right", "app.focus_next", "Tab Ctrl+Right", "next pane"),
    Key("look.previous-pane", "ctrl+left", "app.focus_previous", "Ctrl+Left", "pane before"),
    Key("look.pane-1", "1", "app.pane(1)", "1 … 9 0 d", "go to that pane"),
    Key("look.pane-2", "2", "app.pane(2)", "", ""),
    Key("look.pane-3", "3", "app.pane(3)", "", ""),
    Key("look.pane-4", "4", "app.pane(4)", "", ""),
    Key("look.pane-5", "5", "app.pane(5)", "", ""),
    Key("look.pane-6", "6", "app.pane(6)", "", ""),
    Key("look.pane-7", "7", "app.pane(7)", "", ""),
    Key("look.pane-8", "8", "app.pane(8)", "", ""),
    Key("look.pane-9", "9", "app.pane(9)", "", ""),
    Key("look.pane-10", "0", "app.pane(10)", "", ""),
    Key("look.pane-11", "d", "app.pane(11)", "", ""),
    Key("look.quit", "q", "app.leave", "q", "leave; while it plays, pause first"),
    Key("look.help", "question_mark", "app.help", "?", "every key, and what a pane teaches"),
)
LIVE_LOOK: Final = tuple(
    key._replace(
        shown={"look.pane-1": "1 2 4 … 6 8 … 0", "look.filter": "\\ / F3 F4"}.get(key.id, key.shown)
    )
    for key in LOOK
    if key.id not in ("look.narration", "look.pane-3", "look.pane-7", "look.pane-11")
)
"""Those of them that mean something over the real machine."""
FIND: Final = (
    Key(
        "find.search",
        "slash,f3",
        "app.search",
        "/ F3",
        "ask when something happened: web:1 dies, EPERM",
    ),
    Key("find.next", "n", "app.found(1)", "n", "the next moment that was asked for"),
    Key("find.previous", "N", "app.found(-1)", "N", "the one before that was asked for"),
    Key("find.mark", "m", "app.mark", "m", "give this moment a name"),
    Key("find.next-mark", "apostrophe", "app.next_mark", "'", "the next moment that has one"),
    Key("find.next-chapter", "right_curly_bracket", "app.chapter(1)", "}", "next chapter"),
    Key("find.chapter", "left_curly_bracket", "app.chapter(-1)", "{", "beginning of the chapter"),
    Key("find.forward-tenth", "shift+right", "app.part(1)", "Shift+Right", "a tenth forward"),
    Key("find.back-tenth", "shift+left", "app.part(-1)", "Shift+Left", "a tenth back"),
    Key("find.tenth-0", "alt+0", "app.tenth(0)", "Alt+0 … 9", "to that tenth"),
    *(Key(f"find.tenth-{n}", f"alt+{n}", f"app.tenth({n})", "", "") for n in range(1, 10)),
    Key("find.undo", "u", "app.undo", "u", "back before the last command that changed something"),
    Key("find.redo", "ctrl+r", "app.redo", "Ctrl+R", "do again what was undone"),
    Key("find.what-if", "b", "app.what_if", "b", "what if: a history of its own from here"),
    Key("find.branches", "B", "app.branches", "B", "the histories as a tree; go to one"),
    Key("find.beside", "equals_sign", "app.beside", "=", "hold this moment beside another"),
)
"""Getting to a moment or a history by what it is."""
WAYS: Final = frozenset(key.action.removeprefix("app.").partition("(")[0] for key in FIND)
"""The actions of these: they are about a history that nothing is being added to."""
PLACES: Final = (
    Key("place.zoom", "z", "app.zoom", "z", "this pane alone, and back"),
    Key("place.hide", "x", "app.hide_pane", "x", "hide this pane; its number brings it back"),
    Key("place.move", "M", "app.move_pane", "M", "let this pane and the next change places"),
    Key("place.narration", "P", "app.hide_narration", "P", "hide the narration, or show it"),
    Key("place.layout", "L", "app.layout", "L", "the next layout: small … projection, by size"),
    Key("place.reset", "R", "app.reset_layout", "R", "everything where it was at first"),
)
"""Where the panes are."""
STAGE: Final = TIME + LOOK + PLACES + FIND
PANE: Final = (
    Key("pane.up", "up,k", "move(-1)", "Up k", "row above"),
    Key("pane.down", "down,j", "move(1)", "Down j", "row below"),
    Key("pane.page-up", "pageup", "page(-1)", "PgUp", "page up"),
    Key("pane.page-down", "pagedown", "page(1)", "PgDn", "page down"),
    Key("pane.first", "ctrl+home", "first", "Ctrl+Home", "first row"),
    Key("pane.last", "ctrl+end", "last", "Ctrl+End", "last row"),
    Key("pane.enter", "enter", "enter", "Enter", "to that moment (boundary), that terminal"),
)
ASKING: Final = tuple(
    key._replace(action=f"app.at_once('{key.action.removeprefix('app.')}')")
    for key in STAGE
    if key.action in ("app.search", "app.filter")
)
"""The same keys as in `STAGE`, heard before any widget hears them: the next key is already meant
for the line that these open."""
TERMINAL: Final = (
    Key("terminal.back", "escape", "app.look_away", "Esc", "from one terminal back to everything"),
)
"""In front of one terminal that fills the place of all panes."""
SEAT: Final = (
    Key("terminal.type", "enter", "app.sit_down", "Enter", "type there: every key goes to it"),
    Key(
        "terminal.leave",
        "ctrl+right_square_bracket",
        "app.get_up",
        "Ctrl+]",
        "type there no longer",
    ),
)
"""Likewise, and heard before any widget hears them, as those of `DOOR`."""
BESIDE_OWN: Final = (
    Key(
        "beside.lock", "l", "screen.lock", "l", "move the half with the focus alone, or both again"
    ),
    Key("beside.other", "o", "screen.other", "o", "to the same pane of the other half"),
    Key("beside.back", "escape,q", "screen.back", "Esc q", "back to the one moment"),
)
"""In front of two moments beside each other."""
BESIDE: Final = (
    tuple(
        key._replace(action=key.action.replace("app.", "screen."))
        for key in (*TIME, *LOOK)
        if key.action.startswith(
            ("app.step", "app.statement", "app.seek", "app.viewer", "app.container", "app.pane")
        )
    )
    + tuple(key for key in LOOK if key.action == "app.help")
    + BESIDE_OWN
)
"""There: those for time and looking mean both halves."""
PROMPT: Final = (
    Key(
        "prompt.complete",
        "tab",
        "complete",
        "Tab",
        "complete; then on in the list: Enter or Right takes, Esc closes",
    ),
    Key("prompt.page-up", "pageup", "choose_page(-1)", "PgUp", "up in that list, by its height"),
    Key("prompt.page-down", "pagedown", "choose_page(1)", "PgDn", "and down"),
    Key("prompt.older", "up", "older", "Up", "what was typed before; or up in that list"),
    Key("prompt.newer", "down", "newer", "Down", "what was typed after; or down in it"),
    Key(
        "prompt.search",
        "ctrl+r",
        "search",
        "Ctrl+R",
        "the last line with what stands here in it; again: the one before",
    ),
    Key(
        "prompt.discard", "ctrl+c", "discard", "Ctrl+C", "forget the line, or copy what is selected"
    ),
)
DOOR: Final = (
    Key("prompt.enter", "colon,i", "app.prompt", ": i", "from a pane to the prompt"),
    Key("prompt.leave", "escape", "app.leave_prompt", "Esc", "from the prompt to the panes"),
)
"""Heard before any widget hears them, so that the next key already has its new meaning; each only
on its side of the door (:meth:`nsh.tui.app.NshApp.check_action`)."""
TYPED: Final = (
    Key(
        "tty.interrupt",
        "ctrl+c",
        "app.interrupt",
        "Ctrl+C",
        "SIGINT; what it does not end is given up, at the second at last; stops the play, too",
    ),
    Key(
        "tty.suspend", "ctrl+z", "app.suspend", "Ctrl+Z", "SIGTSTP; with nothing there, nsh itself"
    ),
    Key("tty.quit", "ctrl+backslash", "app.send_quit", "Ctrl+\\", "SIGQUIT"),
    Key(
        "tty.end",
        "ctrl+d",
        "app.end_of_file",
        "Ctrl+D",
        "end of file, for who reads; twice at an empty prompt: leave",
    ),
)
"""Typed at the acting task's terminal, while something is under way there.  They may not overtake
what is typed before them, so the prompt hears them in its turn."""
GLOBAL: Final = (
    Key("app.help", "f1", "app.help", "F1", "help"),
    Key("app.palette", "ctrl+p", "app.command_palette", "Ctrl+P", "everything, by what it does"),
    Key("app.theme", "f2", "app.theme", "F2", "the next theme"),
    Key("app.next-pane", "f6", "app.focus_next", "F6", "next pane"),
    Key("app.previous-pane", "shift+tab,shift+f6", "app.focus_previous", "Shift+F6", "pane before"),
    Key("app.quit", "f10,ctrl+q", "app.quit", "F10", "leave"),
)
AT_PROMPT: Final = "In the prompt"
AT_TERMINAL: Final = "In front of one terminal, after Enter on it"
GROUPS: Final = (
    ("Time", TIME),
    ("What you see", LOOK),
    ("Where it is", PLACES),
    ("In a pane", PANE),
    ("Finding", FIND),
    ("Two beside each other, after =", BESIDE_OWN),
    (AT_TERMINAL, TERMINAL + SEAT),
    (AT_PROMPT, DOOR + PROMPT),
    ("While a command runs, for its terminal", TYPED),
    ("Everywhere", GLOBAL),
)

IDS: Final = frozenset(key.id for _, group in (*GROUPS, ("", LIVE_OWN)) for key in group)
"""Every id."""


OPTION: Final = dict(
    zip(
        (f"alt+{n}" for n in range(10)),
        [
            "º",
            "inverted_exclamation_mark",
            "trade_mark_sign",
            "pound_sign",
            "cent_sign",
            "infinity",
            "section_sign",
            "pilcrow_sign",
            "bullet",
            "ª",
        ],
        strict=True,
    )
)
"""What Textual makes of Escape and a digit, as most terminals send Alt and a digit: the characters
that the Option key of a Mac gives."""


def heard(names: str) -> str:
    """Keys, with commas between, and whatever else they come as."""
    each = names.split(",")
    return ",".join([*each, *(OPTION[name] for name in each if name in OPTION)])


def bindings(keys: Iterable[Key], *, priority: bool = False) -> list[BindingType]:
    """Textual's bindings for some of the table."""
    return [
        Binding(heard(key.keys), key.action, key.text, show=False, id=key.id, priority=priority)
        for key in keys
    ]


def unknown(keymap: Mapping[str, str]) -> list[str]:
    """The ids in a user's keymap that name no key: Textual would ignore them silently."""
    return sorted(keymap.keys() - IDS)
