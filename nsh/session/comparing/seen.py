"""A run as it was seen from outside: one record a step, with what two kernels can agree on."""

import re
from collections.abc import Iterator
from stat import S_ISREG
from time import time_ns
from typing import Final

from msgspec.structs import replace

from nsh.abi.attributes import StatResult
from nsh.abi.clocks import ClockNanosleep
from nsh.abi.files import Getdents, Write
from nsh.abi.namespaces import Utsname
from nsh.abi.poll import Poll
from nsh.abi.process import ClockGettime, Exit, ExitGroup, Nanosleep
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import SigDelivery, Sigtimedwait
from nsh.abi.sockets import Message
from nsh.abi.timers import Alarm, Setting
from nsh.kernel.clock import EPOCH
from nsh.lang.actions import Action, Expected, Finished
from nsh.machine.ids import NOBODY
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.session import trace
from nsh.session.comparing import times
from nsh.session.comparing.facts import Facts, of_machine, of_stage
from nsh.session.comparing.relations import comparable, named
from nsh.session.comparing.times import Reader, Span, Time
from nsh.session.history import Output, Place, Step
from nsh.session.real.session import RealSession
from nsh.session.session import Session
from nsh.views import ids

_IPV4: Final = b"\x45"
"""How a packet with its header begins, as raw sockets receive it."""
_CAMEL: Final = re.compile(r"(?<!^)(?=[A-Z])")


class Seen(Record):
    """One step."""

    number: int
    cursor: int
    """How many statements had begun."""
    place: Place
    who: int
    """Whose step it was, in the numbers of the outermost pid space; 0 for nobody."""
    call: str
    """What was asked, as strace(1) prints it, or of the puppeteer; "" for nothing."""
    answer: str
    stdout: str
    stderr: str
    """What came out on terminals, by whether it was written through descriptor 2."""
    verdict: str
    """Of an ``expect``: "ok" or why not; of nsh, what it had to say; else ""."""
    tasks: dict[int, Facts]
    """Everybody, after the step."""
    span: Span
    """When it was."""
    times: tuple[Time, ...] = ()
    """What the answer says of when something was."""
    failed: bool = False
    """The statement ended here, and failed: the script stops."""


def of_model(session: Session) -> Iterator[Seen]:
    """The steps of what was loaded into *session*, as it takes them."""
    before = session.machine
    reader = times.of_model()
    while (step := session.forward()) is not None:
        nobodys = step.task == NOBODY and step.request is None and bool(step.place.text)
        if nobodys and not (step.output or step.message):
            before = step.machine
            continue  # a timer went off, which on Linux is no step of anybody's
        task = before.find(Task, step.task) or step.machine.find(Task, step.task)
        who = 0 if task is None else ids.number(step.machine, task, ids.root(step.machine))
        now = EPOCH + step.machine.clock  # time passes between two steps, never in one
        tasks = {} if session.halted else of_machine(step.machine)  # nobody is left to be seen
        yield _look(step, who, tasks, Span(now, now), reader)
        before = step.machine


def of_linux(session: RealSession) -> Iterator[Seen]:
    """The same of real processes."""
    reader = times.of_linux()
    began = time_ns()
    while (step := session.forward()) is not None:
        ended = time_ns()
        slept = isinstance(step.request, Nanosleep | ClockNanosleep) and not isinstance(
            step.reply, Blocked
        )
        span = Span(ended if slept else began, ended)  # nothing happens while all sleep
        tasks = {} if session.halted else of_stage(session.standing())
        yield _look(step, session.number(step.task), tasks, span, reader)
        began = ended


def _look(step: Step, who: int, tasks: dict[int, Facts], span: Span, reader: Reader) -> Seen:
    asked: Request | Action | None = step.request or step.action
    return Seen(
        step.number,
        step.cursor,
        step.place,
        who,
        "" if asked is None else _called(asked),
        "" if step.request is None else _answer(step.request, step.reply),
        _said(step.output, errors=False),
        _said(step.output, errors=True),
        _verdict(step),
        tasks,
        span,
        () if step.request is None else tuple(reader.times(step.request, step.reply)),
        step.failed,
    )


def _called(asked: Request | Action) -> str:
    if isinstance(asked, Nanosleep | ClockNanosleep):
        return "nanosleep"  # until when, is each kernel's own clock's
    if isinstance(asked, Poll) and asked.timeout > 0:
        asked = replace(asked, timeout=1)  # what is left till then, by each kernel's own clock
    if isinstance(asked, Write):
        return f"write({asked.fd}, {_quoted(asked.data)})"
    if isinstance(asked, Request):
        return comparable(f"{trace.name(asked)}({trace.arguments(asked)})")
    words = _CAMEL.sub(" ", type(asked).__name__).lower()
    return f"{words} {asked.status}" if isinstance(asked, Finished) else words


def _answer(request: Request, reply: object) -> str:
    """As strace prints it, but with only what two kernels can be held to, and nothing cut."""
    if isinstance(reply, Failure | Blocked):
        return comparable(trace.answer(reply))
    match request:
        case Exit() | ExitGroup():
            return ""  # which nobody hears
        case ClockGettime():
            return "@"
        case Alarm():
            return "@" if reply else "0"
        case Sigtimedwait() if isinstance(reply, SigDelivery):
            reply = replace(reply, mask=0)  # it goes back to no mask
        case Write(data=data):
            return "all" if reply == len(data) else str(reply)
        case Getdents() if isinstance(reply, tuple):
            return "\n".join(sorted(f"{entry.name}\t{entry.kind:o}" for entry in reply))
    if isinstance(reply, Setting):
        return f"{'armed' if reply.value else 'disarmed'}, every {reply.interval}"
    if isinstance(reply, Utsname):
        return f"nodename={reply.nodename}, domainname={reply.domainname}"
    if isinstance(reply, StatResult):
        # devices, and how many links and bytes a directory is, are each file system's own
        told = {"ino": named(f"{reply.dev}:{reply.ino}"), "mode": f"{reply.mode:o}"}
        kept = {"uid": reply.uid, "gid": reply.gid}
        if S_ISREG(reply.mode):
            kept |= {"nlink": reply.nlink, "size": reply.size}
        return ", ".join(f"{name}={value}" for name, value in (told | kept).items())
    if isinstance(reply, Message) and reply.data[:1] == _IPV4:
        header = reply.data[:4] + bytes(2) + reply.data[6:10] + bytes(2) + reply.data[12:]
        reply = replace(reply, data=header)  # without its number and the sum over that
    if isinstance(reply, bytes):
        return _quoted(reply)
    return comparable(str(reply) if isinstance(reply, tuple) else trace.answer(reply))


def _quoted(data: bytes) -> str:
    return repr(comparable(data.decode("utf-8", "backslashreplace")))


def _said(output: tuple[Output, ...], *, errors: bool) -> str:
    return comparable("".join(out.text for out in output if (out.fd == 2) is errors))


def _verdict(step: Step) -> str:
    if isinstance(step.action, Expected):
        return "ok" if step.action.ok else comparable(step.message)
    return comparable(step.message)
