"""Read, perform, show, again."""

import os
import shutil
import sys
from typing import TYPE_CHECKING, Protocol

from nsh import console
from nsh.lang.compiler import PROMPT
from nsh.repl import help, plain
from nsh.repl.keyboard import Keyboard
from nsh.repl.performing import Stage
from nsh.session.session import Session
from nsh.session.words import Words

if TYPE_CHECKING:
    from nsh.repl.screen import Screen


class Reader(Protocol):
    """Where entries come from."""

    def read(self) -> str | None:
        """The next one; None at the end.  ``KeyboardInterrupt``: what was begun is given up."""
        ...

    def parts(self, text: str) -> tuple[str, ...]:
        """What of *text*, which was read last, is to be performed one after the other."""
        ...


class Plain:
    """Entries from standard input, appended to what stands there."""

    def __init__(self, session: Session, keys: Keyboard) -> None:
        self._session = session
        self._keys = keys

    def read(self) -> str | None:
        """The next one; None at the end of input."""
        return plain.read(self._session.prompt(), self._keys, console.complain)

    def parts(self, text: str) -> tuple[str, ...]:
        """All of it at once: a line is an entry here."""
        return (text,)


def run(
    session: Session,
    first: tuple[str, str] = ("", ""),
    *,
    plain: bool = False,
    vi: bool = False,
    theme: str = "",
    kept: bool = True,
) -> int:
    """Serve a person until they leave; the exit status.

    *first* is a script that is performed before, and its name; *kept*: so is history.
    """
    keys = Keyboard()
    words = Words(session)
    if plain or not console.has_screen():
        reader: Reader = Plain(session, keys)
    else:
        screen = _screen(words, keys, theme, vi=vi, kept=kept)
        reader, keys.ahead = screen, screen
    stage = Stage(session)
    with keys:
        if first[0].strip():
            stage.perform(*first, keys)
            keys.end()
        while True:
            try:
                text = reader.read()
            except KeyboardInterrupt:
                continue
            if text is None:
                return 0
            parts = [part for part in reader.parts(text) if part.strip()]
            alone = len(parts) == 1
            for part in parts:
                if not alone:  # so that it is seen what answers what
                    stage.say(session.prompt() + part)
                paged = alone and not isinstance(reader, Plain)
                if not _perform(part, stage, words, keys, paged=paged):
                    return 0
            if parts:
                keys.end()


def _perform(text: str, stage: Stage, words: Words, keys: Keyboard, *, paged: bool) -> bool:
    """Do what was typed: a word of the prompt's own, or something for a task.  *paged*: what is
    long to read is shown by a pager.  False: leave."""
    words.columns = shutil.get_terminal_size().columns
    answer = words.perform(text)
    if answer is not None:
        shown = _fitted(answer.text, words.columns)
        if shown and answer.ok and paged:
            from nsh.pager import page  # once there is something to read

            page(shown + "\n")
        elif shown:
            stage.say(shown, error=not answer.ok)
        if answer.leave:
            return False
        text = answer.perform
    if text.strip():
        before = stage.session.position
        stage.perform(text, PROMPT, keys)
        told = words.told(before)
        if told:
            stage.say(_fitted(told, words.columns))
    return True


def _fitted(text: str, columns: int) -> str:
    """A sentence in lines of whole words, where a terminal of so many *columns* would break one;
    what has lines already is left as it is."""
    if "\n" in text or len(text) < columns or not sys.stdout.isatty():
        return text
    from textwrap import wrap

    return "\n".join(wrap(text, columns - 1, break_long_words=False, break_on_hyphens=False))


def _screen(words: Words, keys: Keyboard, theme: str, *, vi: bool, kept: bool) -> "Screen":
    from nsh.repl.history import RememberedHistory
    from nsh.repl.screen import Screen, colours
    from nsh.session import themes
    from nsh.session.remembered import Remembered, recall

    look, complaints = themes.one(theme or os.environ.get("NSH_THEME", "") or themes.OWN)
    remembered, complaint = recall(os.environ) if kept else (Remembered(), "")
    for one in [*complaints, complaint]:
        if one:
            console.complain(one)
    sys.stdout.flush()
    return Screen(
        words,
        look,
        RememberedHistory(remembered),
        vi=vi,
        colour=colours(os.environ),
        helped=help.text,
        begun=keys.forget,
    )
