"""A run on Linux: what :class:`nsh.session.session.Session` is on the model.

Time goes one way here: there is no going back, and the machine is only asked, never held.
"""

from itertools import islice
from typing import Final

from nsh.abi.signals import Sig
from nsh.kernel import loading
from nsh.kernel.fs import boot, drivers
from nsh.linux.scenery import Scenery
from nsh.linux.standing import Standing, standing
from nsh.machine.ids import TaskId
from nsh.machine.value import Machine
from nsh.session import keyboard, trace
from nsh.session.director import INTERRUPTED
from nsh.session.history import Step
from nsh.session.pacing import GIVEN_UP, GRACE, MAX_STEPS, SETTLE, Pacing
from nsh.session.real import outlook
from nsh.session.real.engine import Engine, Turn
from nsh.session.result import Result
from nsh.userland.registry import commands

_NONE: Final = Machine()
"""The machine of every step: it is not ours to have."""
_PATIENCE: Final = 0.2
MAX_TASKS: Final = 256
"""Default bound; each of them is an interpreter, and all are looked at again and again."""


def scenery() -> Scenery:
    """The root and the names that a machine of the model boots with."""
    loading.load_all()  # which registers the devices
    return Scenery(
        "nsh",
        "(none)",
        tuple(boot.DIRECTORIES.items()),
        tuple(boot.FILES.items()),
        tuple(
            (device.name, device.rdev, device.mode)
            for device in drivers.device_names()
            if not device.machines
        ),
        (boot.DEVPTS_OPTIONS, boot.DEVPTS_FLAGS),
        (
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
        ),
    )


class RealSession(Pacing):
    """A stage of real processes, and a script that plays on it; to be closed.

    ``max_tasks`` bounds how many tasks there are at a time, zombies included: a fork that would
    make one more fails, with EAGAIN.  The other options are those of
    :class:`~nsh.session.pacing.Pacing`.
    Raises :class:`~nsh.linux.opening.Unavailable` where this machine allows no stage.
    """

    def __init__(
        self,
        *,
        keep: bool = True,
        keep_going: bool = False,
        max_steps: int = MAX_STEPS,
        max_tasks: int = MAX_TASKS,
        attended: bool = False,
    ) -> None:
        super().__init__(keep=keep, keep_going=keep_going, max_steps=max_steps, attended=attended)
        self._engine = Engine(commands, scenery(), max_tasks)
        self.history: list[Step] = [Step(0, _NONE)]
        """Every step so far; only the last one if none is kept."""

    def __enter__(self) -> "RealSession":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process of the stage; none is left when this returns."""
        self._engine.conductor.close()

    @property
    def step(self) -> Step:
        """The last step."""
        return self.history[-1]

    @property
    def machine(self) -> Machine:
        """Nothing: the kernel has it."""
        return _NONE

    @property
    def status(self) -> int:
        """``$?``."""
        return self._engine.cast.director.scope.status

    @property
    def actor(self) -> TaskId:
        """Who performs what is typed next."""
        return TaskId(self._engine.cast.director.actor)

    @property
    def halted(self) -> str:
        """What the model's kernel would say of init's end; "" while it lives."""
        code = self._engine.conductor.end_of_init()
        if code is None:
            return ""
        return f"Kernel panic - not syncing: Attempted to kill init! exitcode=0x{code:08x}"

    @property
    def restless(self) -> int:
        """How often the stage was taken as it was, because it did not come to rest."""
        return self._engine.conductor.restless

    @property
    def busy(self) -> bool:
        """Whether a statement is under way."""
        return self._engine.cast.director.busy

    @property
    def awaiting(self) -> bool:
        """Whether it goes on only when the person types something."""
        if not self._attended or not self.busy:
            return False
        return self._theirs or (outlook.rests(self._engine.cast) and self._reads_terminal())

    def name(self, task: TaskId) -> str:
        """``web:1``: a task by its own pid namespace and its number there; ``-`` for nobody."""
        part = self._engine.cast.parts.get(task)
        if part is None or not part.puppet.pids:
            return "-"
        label = self._engine.conductor.spaces.label(part.puppet.spaces[-1])
        return f"{label}:{part.puppet.pids[-1]}"

    def number(self, task: TaskId) -> int:
        """The number of a task in the stage's outermost pid namespace; 0 for nobody."""
        part = self._engine.cast.parts.get(task)
        return part.puppet.pids[0] if part is not None and part.puppet.pids else 0

    def standing(self) -> dict[int, Standing]:
        """How every process stands now, by that number."""
        self._engine.conductor.rest()
        return standing(self._engine.conductor.puppets.values())

    def prompt(self) -> str:
        """``0:1 init # ``: who acts."""
        actor = self._engine.cast.director.actor
        puppet = self._engine.cast.parts[actor].puppet
        if not puppet.state:
            return "(nobody) # "
        return f"{self.name(TaskId(actor))} {puppet.comm()} # "

    # ---- doing things

    def forward(self) -> Step | None:
        """The script's next step; None at the end."""
        return self._advance()

    heard = forward

    def type(self, data: bytes) -> Step:
        """Type *data* at the console, which is a real terminal's other end."""
        self._look_anew()
        self._told = -1
        self._engine.conductor.type(data)
        self._engine.notice(_PATIENCE)
        step = self.record(self._step(_NONE))
        step.output, step.typed = self._engine.shown(), data
        return step

    def interrupt(self) -> Result:
        """Type ^C, and give up the statement under way, with status 130, if that does not end it
        and no program of it has a mind of its own about SIGINT; else at the second ^C, with nothing
        typed in between."""
        steps: list[Step] = []
        first = self._told != self._cursor
        if self.busy and first:
            steps.append(self.type(keyboard.INTERRUPT))
            self._told = self._cursor
            going_on = self._steps(lambda: not self.busy or self._engine.cast.next() is None)
            steps += islice(going_on, GRACE)
        if self.busy and not (first and outlook.heeds(self._engine.cast, Sig.SIGINT)):
            steps.append(self._give_up("interrupted"))
        return Result(steps, self.status)

    def _idle(self) -> bool:
        director = self._engine.cast.director
        if director.busy:
            return False
        return director.settled >= SETTLE or self._engine.cast.next() is None

    def _advance(self, quietly: bool = False) -> Step | None:
        del quietly
        if self._stopped:
            return None
        director = self._engine.cast.director
        if not director.busy:
            if director.settled < SETTLE:
                turn = self._engine.step()
                if turn is not None:
                    director.settled += turn.cost
                    return self._took(turn)
            following = None if self.halted else self._following()
            if following is None:
                return None
            if following.code is None:
                return self.record(self._step(_NONE))
            self._engine.notice()
            self._engine.begin(following.code)
            self._look_anew()
        elif self._persons_turn():
            return None
        while True:
            turn = self._engine.step()
            if turn is not None:
                return self._took(turn)
            if self.halted:
                return None
            if self.awaiting:
                return None
            if not self._engine.pass_time(_PATIENCE):
                return self._give_up(self._why_over())
            if self._attended:  # so that the person is heard meanwhile
                return Step(self.step.number, _NONE, place=self._place, cursor=self._cursor)

    def record(self, step: Step) -> Step:
        """Add a step to the history."""
        if self._keep:
            self.history.append(step)
        else:
            self.history[0] = step
        return step

    def _took(self, turn: Turn) -> Step:
        """Make a step of what the engine did."""
        message = ""
        if turn.program.traced and turn.request is not None:
            message = trace.line(_NONE, turn.request, turn.reply, ())
        key = TaskId(turn.part.puppet.key)
        message = message or self._ended_behind(turn, lambda: turn.part.label or self.name(key))
        if self._breaks_off(turn):
            self._engine.give_up(1)
        self._pay(turn)
        step = self._concluded(turn, _NONE, key, message)
        reason = self._overspent(turn)
        return self._give_up(reason) if reason else step

    def _performs(self, turn: Turn) -> bool:
        return outlook.performs(self._engine.cast, turn.program)

    def _waits(self, turn: Turn) -> bool:
        del turn
        if self._attended and self._reads_terminal():
            return False
        return outlook.waits(self._engine.cast)

    def _wants_person(self) -> bool:
        return outlook.stalls(self._engine.cast) and self._reads_terminal()

    def _reads_terminal(self) -> bool:
        return outlook.reads_terminal(self._engine.cast, self._engine.conductor)

    def _why_over(self) -> str:
        cast = self._engine.cast
        return outlook.why_nobody_acts(cast) or (
            f"{outlook.why_stuck(cast, self.name)}, and nobody is left to wake it"
        )

    def _why_stuck(self, turn: Turn) -> str:
        del turn
        return outlook.why_stuck(self._engine.cast, self.name)

    def _give_up(self, reason: str) -> Step:
        self._stopped = True
        self._engine.give_up(INTERRUPTED)
        return self.record(self._step(_NONE, f"{GIVEN_UP}{reason}", failed=True))
