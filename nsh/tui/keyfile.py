"""The user's own keys: ``keys.toml`` in nsh's folder for configuration.

::

    preset = "asciinema"

    [keys]
    "time.play" = ["space", "ctrl+p"]
    "find.what-if" = "w"

An id and its keys as ``?`` shows them.  What is wrong in it is told, and only that is left out.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from nsh.spelling import nearest
from nsh.tui import keys
from nsh.tui.keys import Key

PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "asciinema": {
        "find.next-chapter": "right_square_bracket",
        "find.chapter": "left_square_bracket",
        "time.next": "right_curly_bracket",
        "time.previous": "left_curly_bracket",
        **{f"find.tenth-{n}": str(n) for n in range(10)},
        **{f"look.pane-{n or 10}": f"alt+{n}" for n in range(10)},
    }
}
"""Keys that people know from elsewhere: the player of asciinema has chapters on brackets, and
tenths on digits."""
_NAMED: Final = {key.value for key in Keys} - {"<any>"}
_MODIFIERS: Final = ("ctrl", "alt", "shift")


def _named(char: str) -> str:
    """What Textual calls the key of a character that is no letter or digit."""
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_CHARACTERS: Final = {
    _named(char): char for char in map(chr, range(0x20, 0x250)) if not char.isalnum()
} | {"": ""}
_SAID: Final = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown"}


def path(environ: Mapping[str, str]) -> Path | None:
    """Where the file is; None where there is no home."""
    if named := environ.get("NSH_KEYS"):
        return Path(named)
    base = environ.get("XDG_CONFIG_HOME") or ""
    home = environ.get("HOME") or ""
    if not Path(base).is_absolute():
        base = f"{home}/.config" if home else ""
    return Path(base) / "nsh" / "keys.toml" if base else None


def load(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keymap, id to keys as Textual has them, and what is wrong with the file."""
    file = path(environ)
    if file is None or (not file.exists() and "NSH_KEYS" not in environ):
        return {}, []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return {}, [f"{file}: {getattr(problem, 'strerror', None) or 'is no text'}"]
    keymap, complaints = parse(text)
    return keymap, [f"{file}: {one}" for one in complaints]


def parse(text: str) -> tuple[dict[str, str], list[str]]:
    """The keymap that the text of such a file describes, and what is wrong with it."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        return {}, [str(problem)]
    complaints = [
        f"there is no {name!r}; there are preset and [keys]"
        for name in sorted(found.keys() - {"preset", "keys"})
    ]
    preset, own = found.get("preset", ""), found.get("keys", {})
    keymap: dict[str, str] = {}
    if preset in PRESETS:
        keymap.update(PRESETS[preset])
    elif preset:
        complaints.append(f"there is no preset {preset!r}; there is {', '.join(PRESETS)}")
    if not isinstance(own, dict):
        return keymap, [*complaints, '[keys] is a table: "time.play" = "space"']
    for id, wanted in own.items():
        try:
            keymap[_known(id)] = ",".join(_keys(id, wanted))
        except ValueError as problem:
            complaints.append(str(problem))
    for first, second, key in _clashes(keymap):
        complaints.append(f"{first} and {second} both have {shown(key)}; {second} keeps it")
        keymap.pop(first, None)
    return keymap, complaints


def _known(id: str) -> str:
    if id in keys.IDS:
        return id
    near = nearest(id, keys.IDS)
    raise ValueError(f"no key is called {id}" + (f"; did you mean {near}?" if near else ""))


def _keys(id: str, wanted: Any) -> list[str]:
    several = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(one, str) for one in several):
        raise ValueError(f"{id}: a key, or a list of keys, not {wanted!r}")
    found = [_key(id, one) for one in several]
    outside = {key.id for key in (*keys.GLOBAL, *keys.PROMPT, *keys.TYPED)}
    for key in found:
        if id in outside and (len(key) == 1 or _char(key)):
            raise ValueError(
                f"{id}: {shown(key)} is typed at the prompt; Ctrl, Alt or F keys are not"
            )
    return found


def _key(id: str, text: str) -> str:
    """A key as Textual calls it."""
    *before, last = text.split("+") if text not in ("+", "") else (text,)
    if text.endswith("++"):
        before, last = before[:-1], "+"
    modifiers = [one.lower() for one in before]
    if len(last) == 1:
        if not modifiers or modifiers == ["shift"]:
            last = last.upper() if modifiers else last
            modifiers = []
        last = _named(last) if not last.isalnum() else last.lower() if modifiers else last
    else:
        last = _SAID.get(last.lower(), last.lower())
        if last not in _NAMED and not _char(last):
            raise ValueError(f"{id}: there is no key {text!r}; space, f5, ctrl+t and . are some")
    if not set(modifiers) <= set(_MODIFIERS) or not last:
        raise ValueError(f"{id}: there is no key {text!r}; space, f5, ctrl+t and . are some")
    return "+".join([*(one for one in _MODIFIERS if one in modifiers), last])


def _char(key: str) -> str:
    """The character that a key's name stands for; "" if it is none."""
    return key if len(key) == 1 else _CHARACTERS.get(key, "")


def shown(key: str) -> str:
    """A key as people read it: ``Ctrl+P``, ``.``, ``Space``."""
    *modifiers, last = key.split("+")
    char = _char(last)
    name = char if char.strip() else last.replace("_", " ").title().replace(" ", "")
    return "+".join([*(one.title() for one in modifiers), name])


def moved(
    groups: Iterable[tuple[str, tuple[Key, ...]]], keymap: Mapping[str, str]
) -> list[tuple[str, tuple[Key, ...]]]:
    """The tables of keys, as *keymap* has them."""

    def one(key: Key) -> Key:
        wanted = keymap.get(key.id)
        if wanted is None:
            return key
        said = " ".join(map(shown, wanted.split(","))) if key.shown else ""
        return key._replace(keys=wanted, shown=said)

    return [(title, tuple(map(one, group))) for title, group in groups]


def _clashes(keymap: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Pairs of ids that one key would ask for in one place, the one the user moved first."""
    everywhere = keys.GLOBAL + keys.DOOR
    found = []
    for place in (
        keys.STAGE + keys.PANE + everywhere,
        keys.BESIDE + keys.PANE + everywhere,
        keys.PROMPT + keys.TYPED + everywhere,
    ):
        heard: dict[str, Sequence[str]] = {}
        ((_, table),) = moved((("", place),), keymap)
        for key in table:
            for name in filter(None, key.keys.split(",")):
                before = heard.setdefault(name, (key.id,))[0]
                if before != key.id and (key.id in keymap) != (before in keymap):
                    pair = (key.id, before) if key.id in keymap else (before, key.id)
                    found.append((*pair, name))
                elif before != key.id and key.id in keymap:
                    found.append((key.id, before, name))
    return list(dict.fromkeys(found))
