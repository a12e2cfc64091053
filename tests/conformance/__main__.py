"""``python -m tests.conformance``: random programs on the model and on this kernel, for a while.

Each program is made from its seed alone: 20 to 60 calls by several processes and threads in
several pid namespaces, with signals, sessions, groups, waits and exits.  After each call all that
can be seen of everybody is compared.  With --terminals they are about pseudo terminals and job
control; with --users, about ids, capabilities, user namespaces and files; with --locks about
record locks and flock(2), with --timers about timers, with --ipc about SysV ipc and queues, with
--sockets about sockets in two network namespaces.  With --links they are scripts about links,
addresses and routes in three, with --pidfds about processes by descriptor, with --mixtures about
what mounts, ids, namespaces, ipc and files do to each other, with --networks about traffic over
routers, with --orders about programs that go on at once, in a random order of their steps.  Needs
root, or user namespaces; --users, root with all capabilities but CAP_SYS_RESOURCE.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

from nsh.linux.opening import Unavailable
from tests.conformance import (
    _link_scripts,
    _mixed_scripts,
    _network_scripts,
    _order_scripts,
    _pidfd_scripts,
)
from tests.conformance._scripts import differences
from tests.kernel._comparing import compare
from tests.kernel._cutting import cut
from tests.kernel._genes import LONGEST, SHORTEST
from tests.kernel._ipc_programs import IpcWriter
from tests.kernel._linux import Linux, Silent
from tests.kernel._linux_users import able
from tests.kernel._lock_programs import LockWriter
from tests.kernel._programs import Writer
from tests.kernel._script import script
from tests.kernel._socket_programs import SocketWriter, differs
from tests.kernel._sockets_linux import Stage
from tests.kernel._terminal_programs import LAG, TerminalWriter
from tests.kernel._timer_programs import TimerWriter
from tests.kernel._user_programs import UserWriter

ABOUT: dict[str, type[Writer]] = {
    "terminals": TerminalWriter,
    "users": UserWriter,
    "locks": LockWriter,
    "timers": TimerWriter,
    "ipc": IpcWriter,
}
"""What programs may be about."""
SCRIPTS = {
    "links": _link_scripts.script,
    "pidfds": _pidfd_scripts.script,
    "mixtures": _mixed_scripts.script,
    "networks": _network_scripts.script,
}
"""What scripts may be about."""


def write(seed: int, kind: type[Writer] = Writer) -> Writer:
    """The program of *seed*, performed on the model."""
    writer = kind(random.Random(seed))
    writer.write(random.Random(seed).randint(SHORTEST, LONGEST))
    return writer


Play = Callable[[int], tuple[int, str]]
"""Performs the program of a seed: how many steps it took, and what differed."""


def _for_a_while(given: argparse.Namespace, option: str, play: Play) -> int:
    """Play one seed after the other; what `main` replies."""
    start = time.monotonic()
    seed, steps, differences = given.seed, 0, 0
    while True:
        done = seed - given.seed
        over = time.monotonic() - start > given.seconds
        if done >= given.programs if given.programs is not None else over:
            break
        try:
            taken, found = play(seed)
        except Silent as problem:
            print(f"program {seed}: {problem}", file=sys.stderr)
            return 2
        steps += taken
        seed += 1
        if found:
            differences += 1
            print(f"program {seed - 1}:\n{found}")
            again = f"python -m tests.conformance{option} --programs 1 --seed {seed - 1}"
            print(f"again: {again}", flush=True)
            if not given.keep_going:
                break
        elif sys.stderr.isatty():
            print(f"\r{done + 1} programs", end="", file=sys.stderr)
    told = f"{differences} with a difference" if differences else "no difference"
    print(
        f"{seed - given.seed} programs (seeds {given.seed} to {seed - 1}), {steps} steps, "
        f"{time.monotonic() - start:.0f} s: {told}"
    )
    return int(differences > 0)


def _scripts(given: argparse.Namespace, about: str) -> int:
    write_one = SCRIPTS[about]

    def play(seed: int) -> tuple[int, str]:
        text = write_one(seed)
        return text.count("\n"), "\n".join(differences(text, f"{about}-{seed}"))

    return _for_a_while(given, f" --{about}", play)


def _orders(given: argparse.Namespace) -> int:
    def play(seed: int) -> tuple[int, str]:
        steps, found = _order_scripts.differences(seed)
        return steps, "\n".join(found)

    return _for_a_while(given, " --orders", play)


def _sockets(given: argparse.Namespace) -> int:
    stage = Stage()

    def play(seed: int) -> tuple[int, str]:
        writer = SocketWriter(random.Random(seed))
        writer.write(random.Random(seed).randint(SHORTEST, LONGEST))
        return len(writer.steps), differs(stage, writer)

    try:
        return _for_a_while(given, " --sockets", play)
    finally:
        stage.close()


def _calls(given: argparse.Namespace, about: str) -> int:
    kind, option = ABOUT.get(about, Writer), f" --{about}" if about else ""
    lag = LAG if about == "terminals" else 0.0
    linux = Linux()

    def play(seed: int) -> tuple[int, str]:
        writer = write(seed, kind)
        found = compare(linux, writer.steps, writer.seen, lag)
        if found and not option:
            small = cut(writer.steps, lambda other: bool(compare(linux, other.steps, other.seen)))
            found += f"\nwhat is left when all is cut away, for nsh compare:\n{script(small.steps)}"
        return len(writer.steps), found

    try:
        return _for_a_while(given, option, play)
    finally:
        linux.close()


def main(argv: list[str]) -> int:
    """0: no difference; 1: one, which is printed; 2: there are no namespaces to be had."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for how long (60)")
    parser.add_argument("--programs", type=int, help="how many, instead")
    parser.add_argument("--seed", type=int, default=0, help="of the first program; then one up")
    parser.add_argument("--keep-going", action="store_true", help="past a difference")
    for about in (*ABOUT, "sockets", "orders", *SCRIPTS):
        parser.add_argument(f"--{about}", action="store_true", help=f"about {about}")
    given = parser.parse_args(argv)
    if given.users and not able():
        print("root lacks capabilities here that the model's has", file=sys.stderr)
        return 2
    try:
        if given.sockets:
            return _sockets(given)
        if given.orders:
            return _orders(given)
        for about in SCRIPTS:
            if getattr(given, about):
                return _scripts(given, about)
        return _calls(given, next((name for name in ABOUT if getattr(given, name)), ""))
    except (PermissionError, Silent, Unavailable) as problem:
        print(f"no stage for real processes: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
