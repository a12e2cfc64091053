"""The prompt of a terminal that can be drawn on."""

from collections.abc import Callable, Mapping
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.shortcuts import CompleteStyle

from nsh.machine.value import Machine
from nsh.repl import around
from nsh.repl.completer import MachineCompleter
from nsh.repl.keys import bindings
from nsh.repl.lexer import RoleLexer
from nsh.repl.style import style_of
from nsh.session.index import Index
from nsh.session.words import Words
from nsh.views.themes import Theme

if TYPE_CHECKING:
    from nsh.lang.completion import Completion

WAIT = 0.05
"""Seconds after which what Tab and colours need is loaded."""


class Screen:
    """Reads what is typed, with all that helps to type it."""

    def __init__(
        self,
        words: Words,
        theme: Theme,
        history: History,
        *,
        vi: bool,
        colour: bool,
        helped: Callable[[], str],
        begun: Callable[[], object],
    ) -> None:
        """*begun* is told when keys are looked at here, and send no signals any more."""
        self._words = words
        self._session = words.session
        self._index = Index()
        self._waits = ""
        """What Enter found that the text still waits for."""
        self._pasted: tuple[str, ...] = ()
        """What was typed in the transcript that was pasted last."""
        self._line: PromptSession[str] = PromptSession(
            self._prompt,
            multiline=True,
            lexer=RoleLexer(),
            completer=MachineCompleter(self._completion),
            complete_while_typing=False,
            complete_style=CompleteStyle.COLUMN,
            history=history,
            auto_suggest=AutoSuggestFromHistory(),
            search_ignore_case=True,
            enable_open_in_editor=True,
            bottom_toolbar=self._toolbar,
            prompt_continuation=self._continuation,
            key_bindings=bindings(helped, self._wait, self._paste),
            style=style_of(theme),
            color_depth=None if colour else ColorDepth.DEPTH_1_BIT,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
        )
        self._begun = begun
        self._begins = False
        """The prompt has not been drawn yet."""
        self._line.app.before_render += self._draws

    def read(self) -> str | None:
        """What is typed; None at ^D on an empty line.  ``KeyboardInterrupt`` at ^C."""
        # daemon: who leaves does not wait for it
        Thread(target=self._warm, args=(self._session.machine,), daemon=True).start()
        self._begins = True
        self._waits, self._pasted = "", ()
        try:
            return self._line.prompt(handle_sigint=False)
        except EOFError:
            return None

    def parts(self, text: str) -> tuple[str, ...]:
        """What is to be performed one after the other: each entry of a transcript that was pasted
        and left as it is, or all of *text*."""
        return self._pasted if text.strip() == "\n".join(self._pasted).strip() else (text,)

    def take(self) -> bytes:
        """What was typed behind the Enter that ended the last entry."""
        keys = get_typeahead(self._line.input)
        return "".join(key.data for key in keys).replace("\r", "\n").encode()

    def put_back(self, data: bytes) -> None:
        """Have the next prompt find *data* typed."""
        keys: list[KeyPress] = []
        parser = Vt100Parser(keys.append)
        parser.feed_and_flush(data.decode("utf-8", "replace").replace("\n", "\r"))
        store_typeahead(self._line.input, keys)

    def _draws(self, app: Application[str]) -> None:
        """Take away what the terminal has echoed since the last entry: it stands where the prompt
        is going to be drawn, and what is typed ahead is drawn there again."""
        if self._begins:
            self._begins = False
            self._begun()
            app.output.write_raw("\r")
            app.output.erase_end_of_line()

    def _warm(self, machine: Machine) -> None:
        sleep(WAIT)  # the prompt comes first
        from nsh.lang import highlight  # noqa: F401, PLC0415  # pygments, and below lark, which the
        from nsh.session import offering  # noqa: PLC0415  # first prompt does without

        offering.warm(machine, self._index)

    def _completion(self, text: str, cursor: int) -> "Completion":
        from nsh.session import offering  # noqa: PLC0415  # the same

        return offering.offer(text, cursor, self._session.machine, self._index, self._words)

    @property
    def _width(self) -> int:
        return self._line.output.get_size().columns

    def _prompt(self) -> StyleAndTextTuples:
        return around.prompt(self._session.prompt(), self._width)

    def _continuation(self, width: int, line: int, wrapped: int) -> StyleAndTextTuples:
        del line
        if wrapped:
            return [("", " " * width)] if self._width >= around.NARROW else []
        return around.continuation(width, self._width)

    def _paste(self, entries: tuple[str, ...]) -> None:
        self._pasted = entries

    def _wait(self, what: str) -> None:
        self._waits = what

    def _toolbar(self) -> str:
        session = self._session
        if self._waits and "\n" in self._line.default_buffer.text:
            return around.toolbar([self._waits, "Ctrl+C begins anew"], self._width)
        found = around.facts(session.machine, session.position, len(session.history) - 1)
        found.append("vi" if self._line.app.editing_mode == EditingMode.VI else "F4 vi keys")
        return around.toolbar([*found, "F1 help"], self._width)


def colours(environ: Mapping[str, str]) -> bool:
    """Whether colours are wanted (no-color.org)."""
    return not environ.get("NO_COLOR")
