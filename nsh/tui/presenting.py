"""Playing by itself, as in front of an audience: commands are typed, and pauses are waited at."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from nsh.tui.cells import clean
from nsh.tui.narration import Narration
from nsh.tui.prompt import NEWLINE, PromptInput
from nsh.tui.story import begun
from nsh.tui.wayfinder import Wayfinder

if TYPE_CHECKING:
    from nsh.tui.desk import Desk

LETTER: Final = 0.04
"""Seconds to type a letter,"""
LONGEST: Final = 1.2
"""a whole command at the most."""
TICK: Final = 0.03
"""Seconds between two looks at the prompt, at the least."""
READ: Final = 0.25
"""To read a command before it is performed."""
AGAIN: Final = "paused; q again leaves, Space plays on"
FASTEST: Final = 8.0
"""From this speed on nothing is typed."""


class Presenter(Wayfinder):
    """Plays the script."""

    typing = True
    """Whether commands are typed before they are performed, while it plays."""
    auto = False
    """Whether it plays at once."""
    desk: "Desk | None" = None
    """Where the presenter's second terminal reads what is shown."""
    _text: Iterator[str] | None = None
    """What the prompt says while a command is typed."""

    def opened(self) -> None:
        if self.auto:
            self.action_play()

    def action_play(self) -> None:
        """Play or pause."""
        if self._playing is not None:
            self._pause()
        elif not self.player.at_end:
            self._playing = self.set_timer(0.05, self._tick)
        self.show(reveal=False)

    async def action_leave(self) -> None:
        """Leave; a play, which would be lost in front of an audience, at the second time."""
        if self._playing is None:
            await self.action_quit()
        else:
            self.action_play()
            self.say(AGAIN)

    def action_prompt(self) -> None:
        """Go to the prompt; the play waits, for what is typed there is meant for this moment."""
        self.hold()
        super().action_prompt()

    def hold(self) -> None:
        """Pause, if it plays."""
        if self._playing is not None:
            self._pause()
            self.show(reveal=False)

    def _pause(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None
        self._stop_typing()

    def _tick(self) -> None:
        if self._playing is None or not self.query(PromptInput):  # or it is being left
            return
        before = self.player.position
        if not self.player.tick():
            self._pause()
            self.show()
            return
        commands = begun(self.player.history[before : self.player.position + 1])
        editor = self.query_one(PromptInput)
        free = not editor.value and not editor.reading
        if self.typing and free and commands and self.player.rate < FASTEST:
            self._text = _growing(commands, self.player.rate)
            self._letter()
        else:
            self._performed()

    def _letter(self) -> None:
        """The next letters of a command; the screen still shows the moment before it."""
        if self._playing is None or not self.query(PromptInput):
            return
        text = None if self._text is None else next(self._text, None)
        if text is None:
            self._stop_typing()
            self._performed()
            return
        editor = self.query_one(PromptInput)
        held = text == editor.value
        editor.value = text
        editor.cursor_position = len(text)
        wait = READ / self.player.rate if held else TICK
        self._playing = self.set_timer(wait, self._letter)

    def _stop_typing(self) -> None:
        """What the prompt says is the person's again."""
        if self._text is not None:
            self._text = None
            self.query_one(PromptInput).value = ""

    def _performed(self) -> None:
        """Show what has come of it, and go on after a while, unless the script wants to wait."""
        if self.player.pauses:
            self._pause()
            self.show()
            return
        self._playing = self.set_timer(self.player.pause(), self._tick)
        self.show()
        told = self.query_one(Narration)
        if (
            told.display
            and told.pages > 1
            and self.player.story.opens_chapter(self.player.position)
        ):
            self._playing.stop()
            self._read(told.pages, told.pages)

    def _read(self, pages: int, left: int) -> None:
        """Stay for a page of narration of so many, then turn it; behind the last go on."""
        then = self._tick if left == 1 else partial(self._turn, pages, left - 1)
        self._playing = self.set_timer(self.player.pause() / pages, then)

    def _turn(self, pages: int, left: int) -> None:
        if self._playing is not None and self.query(Narration):
            self.query_one(Narration).turn()
            self._read(pages, left)

    # ---- the presenter's own terminal

    def show(self, *, reveal: bool = True) -> None:
        super().show(reveal=reveal)
        if self.desk is not None:
            self.desk.tell(self._playing_name, self.player, playing=self._playing is not None)


def _growing(commands: Sequence[str], rate: float) -> Iterator[str]:
    """Each command as it is typed: as much of it as is there at each look; whole, it is held."""
    for command in commands:
        text = clean(command.replace("\n", NEWLINE))
        seconds = min(LETTER * len(text), LONGEST) / rate
        looks = max(1, min(len(text), round(seconds / TICK)))
        for look in range(1, looks + 1):
            yield text[: len(text) * look // looks]
        yield text
