"""Bytes to what they ask of a terminal (ECMA-48, console_codes(4), Williams' parser of VT500).

A sequence of any length, of any bytes, cut anywhere, costs a bounded time per byte and keeps a
bounded number of them.  pyte has a parser too; it trusts what it reads: wrong parameters raise
(selectel/pyte#126, #192, #202, #209), what it does not know it prints, and unended strings grow.
"""

import codecs
import re
from enum import Enum
from typing import Final, Protocol

MOST_PARAMETERS: Final = 256
"""Characters of a control sequence's parameters; a longer one is ignored."""
MOST_TITLE: Final = 256
"""Characters of a title, with the number before it; the rest is cut."""
LARGEST: Final = 9999
"""What a larger parameter is taken for."""

_TEXT = re.compile("[^\x00-\x1f\x7f-\x9f]+")
_STRING = re.compile("[^\x00-\x1f\x7f-\x9f]+")
_CANCEL, _SUBSTITUTE, _ESCAPE, _BELL = "\x18\x1a\x1b\x07"
_DELETE: Final = "\x7f"
_CSI, _OSC, _END = "\x9b\x9d\x9c"
_STRINGS: Final = "\x90\x98\x9e\x9f"
"""DCS, SOS, PM and APC: strings that mean nothing here."""


class Terminal(Protocol):
    """Who is told.  Nothing that it is told may be an error."""

    def draw(self, data: str) -> None:
        """Show text without control characters."""

    def control(self, character: str) -> None:
        """C0, or C1 other than those that begin or end something."""

    def escape(self, intermediate: str, final: str) -> None:
        """``ESC`` and what follows."""

    def sequence(self, prefix: str, parameters: list[list[int]], final: str) -> None:
        """A control sequence.  ``prefix``: its private and intermediate characters;
        ``parameters``: one each, with its subparameters; 0 where nothing stood."""

    def set_title(self, title: str) -> None:
        """Of the window."""


class _State(Enum):
    GROUND = 0
    ESCAPE = 1
    SEQUENCE = 2
    STRING = 3


class Parser:
    """A stream of bytes, told to a terminal as it comes."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._state = _State.GROUND
        self._intermediate = ""
        self._parameters = ""
        self._ignored = False
        self._title: str | None = None
        """Of the string that is being read, so far; None: it is of another kind."""

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        text = self._decode(data)
        at, end = 0, len(text)
        while at < end:
            if self._state is _State.GROUND:
                if found := _TEXT.match(text, at):
                    self._terminal.draw(found.group())
                    at = found.end()
                    continue
            elif self._state is _State.STRING and (found := _STRING.match(text, at)):
                if self._title is not None:
                    self._title += text[at : min(found.end(), at + MOST_TITLE - len(self._title))]
                at = found.end()
                continue
            self._take(text[at])
            at += 1

    def _take(self, character: str) -> None:
        """One character that is not simply text."""
        if character < " ":
            self._c0(character)
        elif "\x80" <= character < "\xa0":
            self._end_string()
            self._c1(character)
        elif character == _DELETE:
            pass
        elif self._state is _State.ESCAPE:
            self._after_escape(character)
        else:
            self._in_sequence(character)

    def _c0(self, character: str) -> None:
        if character in (_CANCEL, _SUBSTITUTE):
            self._state = _State.GROUND
        elif character == _ESCAPE:
            self._end_string()
            self._begin(_State.ESCAPE)
        elif self._state is not _State.STRING:
            self._terminal.control(character)
        elif character == _BELL:
            self._end_string()
            self._state = _State.GROUND

    def _c1(self, character: str) -> None:
        if character == _CSI:
            self._begin(_State.SEQUENCE)
        elif character == _OSC or character in _STRINGS:
            self._begin(_State.STRING)
            self._title = "" if character == _OSC else None
        else:
            self._state = _State.GROUND
            if character != _END:
                self._terminal.control(character)

    def _begin(self, state: _State) -> None:
        self._state = state
        self._intermediate = self._parameters = ""
        self._ignored = False

    def _after_escape(self, character: str) -> None:
        if " " <= character <= "/":
            self._intermediate = (self._intermediate + character)[:4]
        elif not self._intermediate and "@" <= character <= "_":
            self._c1(chr(ord(character) + 0x40))
        else:
            self._state = _State.GROUND
            if character <= "~":
                self._terminal.escape(self._intermediate, character)
            else:
                self._terminal.draw(character)

    def _in_sequence(self, character: str) -> None:
        if character in "0123456789:;" and not self._intermediate_ended:
            self._parameters += character
            self._ignored = self._ignored or len(self._parameters) > MOST_PARAMETERS
            if self._ignored:
                self._parameters = ""
        elif character < "@":
            if not self._ignored:
                self._intermediate = (self._intermediate + character)[:8]
        else:
            self._state = _State.GROUND
            if character > "~":
                self._terminal.draw(character)
            elif not self._ignored:
                parameters = [
                    [min(int(number or 0), LARGEST) for number in parameter.split(":")]
                    for parameter in self._parameters.split(";")
                ]
                self._terminal.sequence(self._intermediate, parameters, character)

    @property
    def _intermediate_ended(self) -> bool:
        """Whether an intermediate character was read, after which there are no parameters."""
        return self._intermediate[-1:] != "" and self._intermediate[-1] < "0"

    def _end_string(self) -> None:
        if self._state is _State.STRING and self._title is not None:
            number, _, title = self._title.partition(";")
            if number in ("0", "2"):
                self._terminal.set_title(title)
        self._title = None
