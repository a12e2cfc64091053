"""What was typed, performed: its output shown, and the keyboard listened to meanwhile."""

import sys

from nsh import console
from nsh.lang.diagnostics import SyntaxProblem
from nsh.repl.keyboard import Keyboard
from nsh.session import keyboard
from nsh.session.history import Step
from nsh.session.jobs import Jobs
from nsh.session.session import Session

HANDLED = "SIGINT is handled or ignored there; ^C again gives it up"
ORPHANED = "SIGTSTP stops nobody there: the process group is orphaned; ^C interrupts"


class Stage:
    """The person's terminal as what tasks write on."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.jobs = Jobs()
        self._column = 0

    def perform(self, text: str, name: str, keys: Keyboard) -> bool:
        """Perform *text* to its end; whether nothing in it failed.

        *name* is what messages call it.
        """
        try:
            steps = self.session.performing(text, name)
        except SyntaxProblem as problem:
            console.tell_problem(str(problem))
            return False
        fine, ends = True, ""
        for step in steps:
            if not self.session.awaiting:
                fine = self._show(step) and fine
                ends = ends or step.broke_off(text)
            for key in keys.pressed():
                self._press(key)
            if self.session.awaiting:
                self._type(keys)
        self.end_line()
        if ends and "\n" in text.strip() and not self.session.halted:
            console.tell(ends)
        for line in self.jobs.news(self.session.machine):
            console.tell(line)
        if self.session.halted:
            console.complain(self.session.halted)
        return fine

    def say(self, text: str, *, error: bool = False) -> None:
        """Show what nsh itself has to say."""
        if error:
            console.tell(text)
        else:
            console.write(text + "\n")
            sys.stdout.flush()

    def _press(self, key: bytes) -> None:
        session = self.session
        if key != keyboard.INTERRUPT:
            vain = key == keyboard.SUSPEND and not keyboard.suspends(session.machine)
            self._show(session.type(key))
            if vain and session.busy:
                self.end_line()
                console.tell(ORPHANED)
            return
        for step in session.interrupt().steps:
            self._show(step)
        if session.busy:
            console.tell(HANDLED)

    def _type(self, keys: Keyboard) -> None:
        line = keys.line()
        if line is None:
            return  # a key: it is looked for at once
        typed = keyboard.literal(line)
        step = self.session.type(typed if line.endswith(b"\n") else typed + keyboard.END)
        self._show(step, echo=keys.unseen)

    def _show(self, step: Step, *, echo: bool = False) -> bool:
        """Print what a step wrote, but what was typed with *echo* only, for the person's terminal
        has echoed it; whether it went well."""
        for out in step.output if echo or not step.typed else ():
            if out.fd == 2:
                sys.stdout.flush()
                console.write(out.text, sys.stderr)
                sys.stderr.flush()
            else:
                console.write(out.text)
            if out.data:
                self._column = 0 if out.data.endswith(b"\n") else 1
        if step.typed:
            self._column = 0
        if step.message:
            self.end_line()
            console.tell(step.message)
        self.jobs.watch(step)
        return not step.failed

    def end_line(self) -> None:
        """Have the next thing begin on a line of its own."""
        if self._column:
            sys.stdout.write("\n")
            self._column = 0
        sys.stdout.flush()
