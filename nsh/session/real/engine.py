"""One step on the real kernel: who may run, what it asks, what it is told.

The twin of :mod:`nsh.session.engine`.  There the machine holds all there is to know; here Linux
does, but for the programs.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Write
from nsh.abi.process import Clone, Execve, Exit, ExitGroup, Fork, exited, shell_status
from nsh.abi.puppets import Describe, Resolve, TypeKeys
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.screens import ShowScreen
from nsh.abi.signals import Sig
from nsh.lang import actions, stepper
from nsh.lang.commands import CommandTable
from nsh.linux import events as linux
from nsh.linux.conductor import Conductor
from nsh.linux.scenery import Scenery
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.program import DIRECTOR, Code, Frame, Program
from nsh.session.director import switches
from nsh.session.history import Output
from nsh.session.real import outlook, refs
from nsh.session.real.cast import Cast, Part

CONSOLE = 1
"""What the console is called in :class:`Output`."""
_CONSOLES: Final = ("/dev/console", "console")
_PATIENCE: Final = 0.05
"""Seconds in which the terminal's line discipline makes something of what is typed."""


class Turn:
    """What one step did; the session makes a :class:`~nsh.session.history.Step` of it."""

    def __init__(self, part: Part, program: Program) -> None:
        self.part = part
        self.program = program
        """The program as it was when it asked."""
        self.request: Request | None = None
        self.reply: object = None
        self.action: actions.Action | None = None
        self.output: tuple[Output, ...] = ()
        self.ended: actions.Finished | None = None
        """The end of the statement that was typed, if this step brought it."""
        self.cost = 1
        self.died: list[Part] = []

    @property
    def caller(self) -> TaskId:
        """Who had the program perform what it does."""
        return self.program.caller


class Engine:
    """Plays programs on an open stage.  Raises :class:`~nsh.linux.opening.Unavailable`."""

    def __init__(self, commands: CommandTable, scenery: Scenery, most: int) -> None:
        """*most*: how many tasks there may be at a time."""
        self.commands = commands
        self._most = most
        self.conductor = Conductor(scenery)
        self.cast = Cast(self.conductor.init, "init")

    # ---- the puppeteer's part

    def begin(self, code: Code) -> None:
        """Have the acting task perform *code* as the next statement."""
        director = self.cast.director
        director.busy, director.settled = True, 0
        program = Program((Frame(code),), director.scope, caller=DIRECTOR)
        part = self.cast.parts[director.actor]
        if not part.puppet.alive and switches(code):
            part = self.cast.parts[self.conductor.init.key]
        self._lend(part, program)

    def give_up(self, status: int) -> None:
        """End the statement that is under way."""
        director = self.cast.director
        parts = self.cast.parts.values()
        programs = [(part, part.program) for part in parts if part.program is not None]
        for part in [part for part, program in programs if outlook.performs(self.cast, program)]:
            part.program, part.queue = None, []
            part.answer = None
        director.busy, director.settled = False, 0
        director.scope = replace(director.scope, status=status)

    def shown(self) -> tuple[Output, ...]:
        """What the console showed since this was last asked."""
        data = self.conductor.output()
        return (Output(CONSOLE, 1, data),) if data else ()

    def pass_time(self, patience: float) -> bool:
        """Wait for what time brings; False if it can bring nothing."""
        if not outlook.time_brings(self.cast):
            return False
        self.notice(patience)
        return True

    def notice(self, patience: float = 0.0) -> None:
        """Take in what has happened by itself."""
        self._notice(Turn(self.cast.parts[self.cast.director.actor], Program()), patience)

    def _notice(self, turn: Turn, patience: float = 0.0) -> None:
        self._take_in(self.conductor.wait(patience), turn)
        self._bury(turn)

    # ---- turns

    def step(self, part: Part | None = None) -> Turn | None:
        """Let the program of *part*, or else the next, take one step; None if none can."""
        part = part or self.cast.next()
        if part is None:
            return None
        program = part.program or Program(scope=self.cast.director.scope)
        if part.deliveries and part.answer is None:  # else its call was over before
            program = stepper.deliver(program, part.deliveries.pop(0))
        program, asked = stepper.step(program, self.commands)
        part.program = program
        turn = Turn(part, program)
        if isinstance(asked, Request):
            self._call(turn, asked, None)
        else:
            turn.action = asked
            self._act(turn, asked)
        return turn

    def _go_on(self, turn: Turn, part: Part, reply: object) -> None:
        """Give the program the answer that it waits for."""
        turn.reply = reply
        part.program = stepper.resume(turn.program, reply)
        self.cast.retire(part, again=True)

    # ---- system calls

    def _call(self, turn: Turn, request: Request, newborn: actions.SpawnChild | None) -> None:
        part = turn.part
        if newborn is None and isinstance(request, Clone) and request.name and not part.answer:
            self._act(turn, actions.SpawnChild(request, None))  # as clone2 -n asks for it
            return
        turn.request = request
        if isinstance(request, Resolve | Describe | TypeKeys | ShowScreen):
            reply = self._own(part, request)
            if isinstance(request, TypeKeys) and not isinstance(reply, Failure):
                self._take_in(self.conductor.wait(_PATIENCE), turn)
                turn.output = self.shown()
            self._go_on(turn, part, reply)
            self._bury(turn)
            return
        if isinstance(request, Fork | Clone) and self.conductor.count() >= self._most:
            why = f"{self._most} tasks are there, and no more may be (--max-tasks N raises it)"
            self._go_on(turn, part, Failure(Errno.EAGAIN, why))
            return
        answer, part.answer = part.answer, None
        if answer is not None and answer.request != request:
            answer = None  # of a statement that was given up
        births: list[Part] = []
        if answer is None and part.puppet.asked[-1] is None:
            events = self.conductor.perform(part.puppet, request)
            answer, births = self._take_in(events, turn, request)
        for child in births:
            self._born(child, turn.program, newborn)
        if answer is None:
            if part.puppet.alive:
                reason = "stopped by a signal" if part.stopped else "the kernel has it wait"
                turn.reply = Blocked("a handler runs first" if part.deliveries else reason)
            self.cast.retire(part, again=part.puppet.alive and bool(part.deliveries))
        else:
            part = self.cast.parts[answer.puppet.key]
            data = answer.output + self.conductor.output()
            if data:
                fd = request.fd if isinstance(request, Write) else 1
                turn.output = (Output(CONSOLE, fd, data),)
            if part is not turn.part:
                self._take_over(turn, part)
            self.cast.alarms.note(request, answer.reply)
            self._go_on(turn, part, answer.reply)
        self._bury(turn)
        if isinstance(request, Execve):
            self.cast.rouse()

    def _own(self, part: Part, request: Resolve | Describe | TypeKeys | ShowScreen) -> object:
        """Answer what the puppeteer is asked."""
        if isinstance(request, TypeKeys):
            if request.terminal not in _CONSOLES:
                return Failure(Errno.ENOSYS, "of real terminals nsh holds /dev/console alone")
            self.conductor.type(request.data)
            return 0
        if isinstance(request, ShowScreen):
            why = "Linux keeps no screens: what a terminal shows is known to who sits before it"
            return Failure(Errno.ENOSYS, why)
        if isinstance(request, Describe):
            return self.conductor.identity(part.puppet)
        try:
            return refs.resolve(self.cast, self.conductor, part.puppet, request.ref)
        except KernelError as error:
            return Failure(error.errno, error.reason)

    def _take_in(
        self, events: list[linux.Event], turn: Turn, request: Request | None = None
    ) -> tuple[linux.Answered | None, list[Part]]:
        """Wake whom the events woke.  Replies the answer to *request*, and who was born."""
        own: linux.Answered | None = None
        births: list[Part] = []
        for event in events:
            if isinstance(event, linux.Born):
                births.append(self.cast.add(event.puppet))
                continue
            part = self.cast.parts[event.puppet.key]
            if isinstance(event, linux.Died):
                turn.died.append(part)
            elif isinstance(event, linux.Signalled):
                part.deliveries.append(event.delivery)
                self.cast.alarms.heard()
                if part is not turn.part:
                    self.cast.enqueue(part)
            elif event.request is request:
                own = event
            else:
                part.answer = event
                self.cast.enqueue(part)
        self.cast.rouse()
        return own, births

    def _born(self, child: Part, program: Program, newborn: actions.SpawnChild | None) -> None:
        if newborn is not None:
            self.cast.christen(child, newborn.request.name)
            child.program = newborn.program
        else:
            child.program = stepper.resume(replace(program, caller=NOBODY), 0)
        if child.program is not None:
            self.cast.enqueue(child)

    def _take_over(self, turn: Turn, leader: Part) -> None:
        """A thread that was not its process's leader has done execve, and is the leader now."""
        leader.label = turn.part.label
        leader.queue, turn.part.queue = turn.part.queue, []
        turn.part.program = None
        self.cast.retire(turn.part, again=False)
        turn.died = [part for part in turn.died if part not in (leader, turn.part)]

    def _bury(self, turn: Turn) -> None:
        """End the programs of the tasks that died in this step."""
        died, turn.died = turn.died, []
        for part in died:
            programs = [part.program, *part.queue] if part.program is not None else []
            part.program, part.queue, part.deliveries, part.answer = None, [], [], None
            self.cast.retire(part, again=False)
            if part is turn.part and isinstance(turn.request, Exit | ExitGroup):
                status = 0  # ``exit 3`` has done what it was told
            else:
                code = part.puppet.exit_code
                together = part.puppet.tgid == turn.part.puppet.tgid
                if isinstance(turn.request, ExitGroup) and together:
                    code = exited(turn.request.status)
                status = 128 + Sig.SIGKILL if code is None else shell_status(code)
            for program in programs:
                if program.caller != NOBODY:
                    self._finish(turn, part, program, actions.Finished(status, failed=status != 0))

    def _finish(self, turn: Turn, performer: Part, program: Program, end: actions.Finished) -> None:
        """Tell whoever waits for the end of *program*, which *performer* has performed."""
        if program.caller == DIRECTOR:
            director = self.cast.director
            director.scope = replace(program.scope, status=end.status)
            director.busy, director.settled = False, 0
            turn.ended = end
        elif program.caller != NOBODY:
            caller = self.cast.parts[program.caller]
            if caller.program is not None:
                told = actions.Returned(end.status, end.failed, program.scope, end.errno, end.trail)
                caller.program = stepper.returned(
                    caller.program, told, TaskId(performer.puppet.key)
                )
                self.cast.enqueue(caller)

    # ---- actions

    def _act(self, turn: Turn, action: actions.Action) -> None:
        part = turn.part
        match action:
            case actions.Finished():
                self._end(turn, action)
            case actions.SpawnChild():
                label = action.request.name
                if self.cast.labelled(label) is not None:
                    why = f"{label} is the label of a task that still exists"
                    self._go_on(turn, part, Failure(Errno.EEXIST, why))
                else:
                    self._call(turn, action.request, action)
            case actions.Delegate():
                self._delegate(turn, action)
            case actions.Await():
                part.program = replace(turn.program, asked=action.delegate)
                self.cast.retire(part, again=False)
            case actions.Switch():
                try:
                    target = self._performer(part, action.ref)
                except KernelError as error:
                    self._go_on(turn, part, Failure(error.errno, error.reason))
                else:
                    self.cast.director.actor = target.puppet.key
                    self._go_on(turn, part, 0)
            case actions.SetProfile(name="mainline"):
                self._go_on(turn, part, 0)
            case actions.ShowProfile():
                self._go_on(turn, part, "mainline")
            case actions.SetPolicy() | actions.SetProfile() | actions.ShowPolicies():
                why = "mainline Linux is what it is: no policy or profile changes it"
                self._go_on(turn, part, Failure(Errno.ENOSYS, why))
            case actions.ExportProc():
                why = "its puppets' /proc is a real one already: cp -r does it"
                self._go_on(turn, part, Failure(Errno.ENOSYS, why))
            case actions.Report():
                known = (told for ref, told in action.instead if self._lives(part, ref))
                text = next(known, action.text)
                self._call(turn, Write(2, text.encode("utf-8", "surrogateescape")), None)
            case actions.PureBudget():
                turn.cost = action.instructions
                self.cast.retire(part, again=True)
                self._notice(turn)  # the kernel, which was not asked, may have woken others
            case _:
                self._go_on(turn, part, 0)

    def _end(self, turn: Turn, end: actions.Finished) -> None:
        part, program = turn.part, turn.program
        if program.ends_task:
            self._call(turn, ExitGroup(end.status & 0xFF), None)
            return
        if part.loan and part.puppet.alive:
            self.conductor.give_back(part.puppet, part.loan)
        part.program, part.loan = None, ()
        if part.queue:
            self._start(part, part.queue.pop(0))
        self.cast.retire(part, again=part.program is not None)
        self._finish(turn, part, program, end)

    def _delegate(self, turn: Turn, action: actions.Delegate) -> None:
        """``as REF …``: another task performs a program, and the caller waits for its end."""
        part = turn.part
        try:
            target = self._performer(part, action.ref)
        except KernelError as error:
            self._go_on(turn, part, Failure(error.errno, error.reason))
            return
        if target is part:
            self._go_on(turn, part, actions.Yourself())
            return
        asked = replace(action, performer=TaskId(target.puppet.key))
        part.program = replace(turn.program, asked=asked)
        self._lend(target, replace(action.program, caller=TaskId(part.puppet.key)))
        self.cast.retire(part, again=False)

    def _performer(self, caller: Part, ref: str) -> Part:
        """The task that *ref* names, if it can perform something now.

        ESRCH; EBUSY if it is blocked in a system call or stopped: nothing it was told would be
        done.
        """
        target = refs.find(self.cast, self.conductor, caller.puppet, ref)
        if not target.puppet.alive:
            raise Errno.ESRCH(f"{ref} is dead, and nobody has waited for it yet")
        if target.stopped:
            raise Errno.EBUSY(f"{ref} is stopped; kill -CONT lets it go on")
        if target.puppet.frozen():
            raise Errno.EBUSY(f"{ref} is frozen; 0 in its cgroup.freeze lets it go on")
        if target.asleep_in is not None:
            what = type(target.asleep_in).__name__.lower()
            raise Errno.EBUSY(f"{ref} is blocked in {what}; a signal or what it waits for frees it")
        return target

    def _lives(self, caller: Part, ref: str) -> bool:
        """Whether *ref* names a task that is no zombie."""
        try:
            return refs.find(self.cast, self.conductor, caller.puppet, ref).puppet.alive
        except KernelError:
            return False

    def _lend(self, part: Part, program: Program) -> None:
        """Let *part* perform *program*: now if it is idle, else after what it is doing."""
        if part.program is None:
            self._start(part, program)
            self.cast.enqueue(part)
        else:
            part.queue.append(program)

    def _start(self, part: Part, program: Program) -> None:
        """Start a program; one performed for another task speaks where that one does."""
        part.loan = ()
        if program.caller > NOBODY:
            lender = self.cast.parts[program.caller].puppet
            if lender.alive and part.puppet.alive:
                part.loan = self.conductor.lend(lender, part.puppet)
        part.program = program
