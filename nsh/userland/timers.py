"""What performs the calls about timers, for scripts: timer, timerfd, setitimer, alarm, clock."""

from nsh.abi.clocks import CLOCKS, ClockNanosleep
from nsh.abi.files import Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import ClockGettime
from nsh.abi.signals import signal_number
from nsh.abi.timers import (
    TFD_CLOEXEC,
    TFD_NONBLOCK,
    TFD_TIMER_ABSTIME,
    Alarm,
    Getitimer,
    Notify,
    Setitimer,
    Setting,
    TimerCreate,
    TimerDelete,
    TimerfdCreate,
    TimerfdGettime,
    TimerfdSettime,
    TimerGetoverrun,
    TimerGettime,
    TimerSettime,
    Which,
)
from nsh.userland.calendar import SECOND
from nsh.userland.options import Given, Kind, UsageError, option, optional, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import write

_NOTIFY = {
    "signal": Notify.SIGEV_SIGNAL,
    "none": Notify.SIGEV_NONE,
    "thread": Notify.SIGEV_THREAD,
}
_DIGITS = 10
"""More make no number that anybody would try."""
_WHICH = {"real": Which.ITIMER_REAL, "virtual": Which.ITIMER_VIRTUAL, "prof": Which.ITIMER_PROF}


@command(
    "timer",
    "POSIX timers: create, settime, gettime, overrun and delete one",
    Topic.PROCESSES,
    options=(
        option(
            "-c, --clock=CLOCK",
            "create: by realtime (default), monotonic or boottime",
            choices=CLOCKS.keys(),
        ),
        option("-s, --signal=SIGNAL", "create: send SIGNAL (default: ALRM)", Kind.SIGNAL),
        option("-t, --tid=TID", "create: to this thread of mine alone", Kind.PID),
        option("-n, --notify=HOW", "create: signal, none or thread", choices=_NOTIFY.keys()),
        option("-v, --value=N", "create: with this value (sigev_value)", Kind.NUMBER),
        option("-a, --absolute", "settime: VALUE is a time on its clock"),
    ),
    operands=(
        required("WHAT", choices=("create", "settime", "gettime", "overrun", "delete")),
        optional("ID", Kind.NUMBER),
        optional("VALUE", Kind.NUMBER),
        optional("INTERVAL", Kind.NUMBER),
    ),
    man="timer_create(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "trap USR1 { echo tick }; timer create -c monotonic -s USR1; timer settime 0 1; sleep 2",
        "timer create -n none; timer settime 0 60 10; timer gettime 0; cat /proc/self/timers",
    ),
    see=("timerfd", "setitimer", "alarm", "unshare", "timeout"),
    rows=("N12", "N5"),
    negatives=True,
)
def timer(call: Invocation, given: Given) -> Running:
    """Times are seconds, with parts, or as sleep(1) has them."""
    what = given.operand(0)
    if what == "create":
        if len(given.operands) > 1:
            raise UsageError(f"extra operand '{given.operand(1)}'")
        number = yield _creation(given)
        yield from write(1, f"{number}\n")
        return 0
    number = whole_number(given.operand(1), "timer")
    match what:
        case "settime":
            value, interval = _time(given.operand(2)), _time(given.operand(3, "0"))
            yield TimerSettime(number, value, interval, given.has("absolute"))
        case "gettime":
            yield from write(1, _shown((yield TimerGettime(number))))
        case "overrun":
            yield from write(1, f"{(yield TimerGetoverrun(number))}\n")
        case "delete":
            yield TimerDelete(number)
        case _:
            raise UsageError(f"'{what}' is not create, settime, gettime, overrun or delete")
    return 0


def _creation(given: Given) -> TimerCreate:
    clock = _clock(given.get("clock", "realtime"))
    notify = given.get("notify", "signal")
    if notify not in _NOTIFY:
        raise UsageError(f"'{notify}' is not signal, none or thread")
    plain = not any(given.has(key) for key in ("signal", "tid", "notify", "value"))
    if plain:
        return TimerCreate(clock)
    name = given.get("signal", "ALRM")
    signo = int(name) if name.isdecimal() and len(name) < _DIGITS else signal_number(name)
    if signo is None:
        raise UsageError(f"unknown signal name {given.get('signal')}")
    value = whole_number(given.get("value", "0"), "value")
    if given.has("tid"):
        tid = whole_number(given.get("tid"), "thread")
        return TimerCreate(clock, Notify.SIGEV_THREAD_ID, signo, value, tid)
    return TimerCreate(clock, _NOTIFY[notify], signo, value)


def _clock(name: str) -> int:
    if name.isdecimal():
        return int(name)
    if name not in CLOCKS:
        raise UsageError(f"unknown clock '{name}': there are {', '.join(CLOCKS)}")
    return CLOCKS[name]


def _time(text: str) -> int:
    """Nanoseconds; below 0, to see it refused."""
    minus = text.startswith("-")
    found = nanoseconds(text.removeprefix("-"))
    if found is None:
        raise UsageError(f"invalid time '{text}'")
    return int(-found if minus else found)


def _shown(setting: Setting) -> str:
    return f"{_seconds(setting.value)} left, every {_seconds(setting.interval)}\n"


def _seconds(nanoseconds_: int) -> str:
    """``1.5``: seconds, with as many digits as it takes."""
    seconds, rest = divmod(nanoseconds_, SECOND)
    return f"{seconds}.{rest:09}".rstrip("0").rstrip(".")


@command(
    "timerfd",
    "timers as files: create, settime, gettime and read one",
    Topic.PROCESSES,
    options=(
        option(
            "-c, --clock=CLOCK",
            "create: by monotonic (default), realtime or boottime",
            choices=CLOCKS.keys(),
        ),
        option("--nonblock", "create: a read does not wait"),
        option("--cloexec", "create: closed by execve"),
        option("-a, --absolute", "settime: VALUE is a time on its clock"),
    ),
    operands=(
        required("create|settime|gettime|read", choices=("create", "settime", "gettime", "read")),
        optional("FD", Kind.FD),
        optional("VALUE", Kind.NUMBER),
        optional("INTERVAL", Kind.NUMBER),
    ),
    man="timerfd_create(2)",
    gap="performs the call; real systems have no such command",
    examples=("timerfd create; timerfd settime 3 1 1; sleep 3.5; timerfd read 3",),
    see=("timer", "sleep"),
    rows=("N12",),
    negatives=True,
)
def timerfd(call: Invocation, given: Given) -> Running:
    """``read`` prints how often it has gone off since it was last read."""
    what = given.operand(0)
    if what == "create":
        flags = TFD_NONBLOCK * given.has("nonblock") | TFD_CLOEXEC * given.has("cloexec")
        fd = yield TimerfdCreate(_clock(given.get("clock", "monotonic")), flags)
        yield from write(1, f"{fd}\n")
        return 0
    fd = whole_number(given.operand(1), "descriptor")
    match what:
        case "settime":
            value, interval = _time(given.operand(2)), _time(given.operand(3, "0"))
            absolute = TFD_TIMER_ABSTIME if given.has("absolute") else 0
            yield TimerfdSettime(fd, value, interval, absolute)
        case "gettime":
            yield from write(1, _shown((yield TimerfdGettime(fd))))
        case "read":
            count: bytes = yield Read(fd, 8)
            yield from write(1, f"{int.from_bytes(count, 'little')}\n")
        case _:
            raise UsageError(f"'{what}' is not create, settime, gettime or read")
    return 0


@command(
    "setitimer",
    "set an interval timer, and print what it was",
    Topic.PROCESSES,
    operands=(
        required("real|virtual|prof", choices=_WHICH.keys()),
        required("VALUE", Kind.NUMBER),
        optional("INTERVAL", Kind.NUMBER),
    ),
    man="setitimer(2)",
    gap="performs the call; real systems have no such command",
    examples=("trap ALRM { echo tick }; setitimer real 1 1; sleep 3.5",),
    see=("getitimer", "alarm", "timer"),
    rows=("N12",),
    negatives=True,
)
def setitimer(call: Invocation, given: Given) -> Running:
    """VALUE 0 disarms it."""
    value, interval = _time(given.operand(1)), _time(given.operand(2, "0"))
    old = yield Setitimer(_which(given), value, interval)
    yield from write(1, _shown(old))
    return 0


@command(
    "getitimer",
    "print what is left of an interval timer, and its interval",
    Topic.PROCESSES,
    operands=(required("real|virtual|prof", choices=_WHICH.keys()),),
    man="getitimer(2)",
    gap="performs the call; real systems have no such command",
    examples=("setitimer real 90; getitimer real",),
    see=("setitimer", "alarm"),
    rows=("N12",),
)
def getitimer(call: Invocation, given: Given) -> Running:
    """Seconds each."""
    yield from write(1, _shown((yield Getitimer(_which(given)))))
    return 0


def _which(given: Given) -> int:
    name = given.operand(0)
    if name not in _WHICH:
        raise UsageError(f"'{name}' is not real, virtual or prof")
    return _WHICH[name]


@command(
    "alarm",
    "have SIGALRM sent in so many seconds (0: not at all)",
    Topic.PROCESSES,
    operands=(required("SECONDS", Kind.NUMBER),),
    man="alarm(2)",
    gap="performs the call; real systems have no such command",
    examples=("trap ALRM { echo late }; alarm 5; sleep 10",),
    see=("setitimer", "timeout", "sleep"),
    rows=("N12",),
)
def alarm(call: Invocation, given: Given) -> Running:
    """Prints the seconds that were left.  The same timer as setitimer's ``real``."""
    left = yield Alarm(whole_number(given.operand(0), "number of seconds"))
    yield from write(1, f"{left}\n")
    return 0


@command(
    "clock",
    "print a clock's time in seconds, or sleep until it shows TIME",
    Topic.SYSTEM,
    options=(option("-u, --until=TIME", "sleep until the clock shows TIME", Kind.NUMBER),),
    operands=(optional("CLOCK", Kind.NAME, choices=CLOCKS.keys()),),
    man="clock_gettime(2)",
    gap="performs clock_gettime or clock_nanosleep; real systems have no such command",
    examples=("clock monotonic", "unshare --time --monotonic 1000 clock", "clock --until 90"),
    see=("date", "sleep", "uptime", "unshare"),
    rows=("N12",),
)
def clock(call: Invocation, given: Given) -> Running:
    """Monotonic, unless told otherwise."""
    which = _clock(given.operand(0, "monotonic"))
    if given.has("until"):
        yield ClockNanosleep(which, _time(given.get("until")), True)
        return 0
    seconds, rest = divmod((yield ClockGettime(which)), SECOND)
    yield from write(1, f"{seconds}.{rest:09}\n")
    return 0
