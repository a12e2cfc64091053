"""What is under way, a slice of time after the other, and the keys for the terminal it runs at."""

from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import on
from textual.driver import Driver

from nsh._modules import late
from nsh.tui.bars import Timeline
from nsh.tui.presenting import Presenter
from nsh.tui.prompt import PromptInput

if TYPE_CHECKING:
    from nsh.session import answers, keyboard
else:
    late(globals(), "nsh.session", "answers", "keyboard")

TYPED: Final = frozenset({"interrupt", "suspend", "send_quit", "end_of_file"})
"""Actions that type something at the terminal, for what is under way there."""
AGAIN: Final = "Ctrl+D again leaves"
UNDER_WAY: Final = "something is under way; Ctrl+C gives it up"
ORPHANED: Final = "SIGTSTP stops nobody there: the process group is orphaned; Ctrl+C interrupts"


class Foreground(Presenter):
    """Goes on with commands, and lets people stop them."""

    SLICE = 0.1
    """Seconds that a command may keep the screen waiting."""

    # ---- work that may take long

    def _work(self) -> None:
        """Go on with what is under way for a slice of time, then let the screen have its turn."""
        end = monotonic() + self.SLICE
        if self.player.work(lambda: monotonic() > end):
            self.show()
            self._tell()
        else:
            self.player.look()
            self.show(reveal=False)
            self.set_timer(0.01, self._work_on)

    def _work_on(self) -> None:
        """Likewise, unless the interface is being left."""
        if self.query(Timeline):
            self._work()

    def _tell(self) -> None:
        """What the last command has changed, if that is wanted and it is done."""
        if self._told >= 0 and not self.player.working:
            told, self._told = self.words.told(self._told), -1
            if told:
                self.answer(answers.Answer(told))
            if self.player.session.halted:
                self._tell_end()

    def _tell_end(self) -> None:
        """The machine has come to a bad end: why, and the way back."""
        text = f"{self.player.session.halted}; undo goes back to before it"
        self.say(text, severity="error", timeout=10)

    # ---- the terminal, while something is under way

    def _type(self, data: bytes) -> None:
        self.player.type(data)
        self._work()

    def action_interrupt(self) -> None:
        """Stop what is under way; what is typed for it is forgotten, as by a terminal."""
        playing = self._playing is not None
        self._pause()
        if not self.player.under_way:
            self.show(reveal=False)
            if not playing:
                way = "F10 leaves, and q in a pane" if self.at_home else "Esc goes back"
                self.say(f"nothing is running; {way}")
            return
        if self.player.reading:
            self.query_one(PromptInput).value = ""
        if self.player.interrupt():
            self.say("SIGINT is handled or ignored there; Ctrl+C again gives it up")
        self._work()

    def action_suspend(self) -> None:
        """Stop what is under way; with nothing that is, the interface itself, until fg."""
        if not self.player.under_way:
            self.action_suspend_process()
            return
        vain = not keyboard.suspends(self.player.machine)
        self._type(keyboard.SUSPEND)
        if vain and self.player.session.busy:
            self.say(ORPHANED)

    @on(Driver.SignalResume)
    def _resumed(self) -> None:
        """Draw everything anew: the terminal shows what others have written."""
        self.screen.refresh()

    def action_send_quit(self) -> None:
        self._type(keyboard.QUIT)

    def action_end_of_file(self) -> None:
        """End what is read; else delete what is behind the cursor, or at an empty prompt leave: at
        the second time, for who typed one too many for a program would lose all."""
        editor = self.query_one(PromptInput)
        if not self.player.reading:
            if editor.value:
                editor.action_delete_right()
            elif any(note.message == AGAIN for note in self._notifications):
                self.exit()
            else:
                self.say(AGAIN)
            return
        self._type(keyboard.literal(editor.value.encode()) + keyboard.END)
        editor.value = ""

    def may_type(self, action: str) -> bool:
        """Whether a key is one for the terminal: something is under way there.  Else ^C stops what
        is played or, with nothing to forget at the prompt, is about leaving, as ^D is there."""
        if self.player.under_way:
            return action != "end_of_file" or self.player.reading
        editor = self.focused if isinstance(self.focused, PromptInput) else None
        if action == "interrupt":
            return self._playing is not None or editor is None or not editor.value
        return action == "suspend" or (action == "end_of_file" and editor is not None)
