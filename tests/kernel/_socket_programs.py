"""Random programs about sockets, and where the two kernels differ in one."""

from __future__ import annotations

import random
from typing import Any

from nsh.abi import sockets
from tests.kernel._sockets_linux import HOSTS, UID, WORKERS, Stage, Step
from tests.kernel._sockets_model import DGRAM, INET, SEQPACKET, STREAM, UNIX, World

SLOTS = 14
NAMES = ["\0a", "\0b", "p", "q", "/nope/x"]


class SocketWriter:
    """Writes one program, performing it on the model as it goes."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.world = World()
        self.steps: list[Step] = []
        self.seen: list[Any] = []
        self.next_slot = [0] * WORKERS

    def write(self, length: int) -> None:
        """A program of *length* steps."""
        for _ in range(length):
            step = self._next()
            self.seen.append(self.world.step(step))
            self.steps.append(step)

    def _slot(self, index: int) -> int:
        self.next_slot[index] += 1
        return self.next_slot[index]

    def _next(self) -> Step:
        r = self.random
        index = r.randrange(WORKERS)
        slots = sorted(self.world.fds[index])
        if not slots or (len(slots) < SLOTS and r.random() < 0.12):
            return self._new(index)
        slot = r.choice(slots)
        family, kind = self.world.kinds[index][slot]
        inet = ["inet"] if family == INET else []
        match r.choice(_CALLS):
            case "close":
                return [index, "close", slot]
            case "bind":
                return [index, "bind", slot, self._address(family), *inet]
            case "listen":
                return [index, "listen", slot, r.choice([0, 1, 5])]
            case "accept":
                return [index, "accept", slot, self._slot(index), *inet]
            case "connect":
                address = self._address(family)
                if address[-1] == self._port(index, slot):
                    address[-1] = 7002  # nobody's: who connects to itself is left out
                return [index, "connect", slot, address, *inet]
            case "send":
                return self._send(index, slot, slots, family, kind, inet)
            case "receive":
                room = [self._slot(index) for _ in range(r.choice([0, 0, 1, 2]))]
                flags = r.choice([0, 0, 0, 2])
                return [index, "receive", slot, r.choice([1, 5, 9000, 70000]), flags, room, *inet]
            case "shutdown":
                return [index, "shutdown", slot, r.choice([0, 1, 2]), *inet]
            case "name" | "peer" as name:
                return [index, name, slot]
            case "option":
                return [
                    index,
                    "option",
                    slot,
                    r.choice(_OPTIONS if family == UNIX else _OPTIONS[:-2]),
                ]
            case "set":
                return [
                    index,
                    "set",
                    slot,
                    r.choice([2, 15] + [16] * 3 * (family == UNIX)),
                    r.choice([0, 1, 1]),
                ]
            case "tell":
                return [index, "tell", slot]
            case "unlink":
                return [index, "unlink", r.choice(["p", "q"])]
            case _:
                if family == UNIX:
                    return [index, "fill", slot, r.choice([300, 5000, 30000, 100000])]
                return [index, "name", slot]

    def _new(self, index: int) -> Step:
        r = self.random
        if r.random() < 0.2:
            kind = r.choice([STREAM, DGRAM, SEQPACKET])
            return [index, "pair", self._slot(index), self._slot(index), kind]
        family, kind = r.choice(_NEW)
        return [index, "socket", self._slot(index), family, kind, 0]

    def _address(self, family: int) -> list[Any]:
        r = self.random
        if family == UNIX:
            return [r.choice(NAMES[:4] if r.random() < 0.95 else NAMES)]
        host = r.choice(["127.0.0.1", "0.0.0.0", *HOSTS, "10.0.0.1", "10.9.9.9"])
        return [host, r.choice([7000, 7000, 7000, 7001, 80])]

    def _port(self, index: int, slot: int) -> int:
        """The port that a tcp socket is bound to."""
        if self.world.kinds[index][slot] != (INET, STREAM):
            return -1
        fd = self.world.fds[index][slot]
        return int(self.world.ask(index, sockets.Getsockname(fd)).port)

    def _send(
        self, index: int, slot: int, slots: list[int], family: int, kind: int, inet: list[str]
    ) -> Step:
        r = self.random
        address = None
        if (kind == DGRAM and r.random() < 0.6) or r.random() < 0.05:
            address = self._address(family)
        passed: list[int] = []
        creds: list[int] = []
        if family == UNIX and r.random() < 0.2:
            own = [each for each in slots if self.world.kinds[index][each][0] == INET]
            passed = [r.choice(own) for _ in range(r.choice([1, 1, 2]))] if own else []
        if family == UNIX and r.random() < 0.2:
            me = [2, 3, 1][index]
            creds = [r.choice([me, me, 1, 2, 77]), r.choice([0, UID, UID, 5]), r.choice([0, UID])]
        flags = r.choice([0, 0, 0x4000])
        size = r.choice([0, 1, 5, 26, 200, 4000] + [20000, 65000, 100000] * (family == UNIX))
        return [index, "send", slot, size, address, passed, creds, flags, *inet]


_NEW = [
    (UNIX, STREAM),
    (UNIX, STREAM),
    (UNIX, DGRAM),
    (UNIX, DGRAM),
    (UNIX, SEQPACKET),
    (INET, STREAM),
    (INET, STREAM),
    (INET, STREAM),
    (INET, DGRAM),
    (INET, DGRAM),
]
_OPTIONS = [2, 3, 4, 15, 30, 38, 39, 17, 16]
_CALLS = (
    ["close"] * 2
    + ["bind"] * 6
    + ["listen"] * 5
    + ["accept"] * 6
    + ["connect"] * 9
    + ["send"] * 12
    + ["receive"] * 9
    + ["tell"] * 6
    + ["shutdown", "name", "peer", "option", "option", "set", "set", "unlink", "fill"]
)


def compare(linux: list[Any], model: list[Any], steps: list[Step]) -> str:
    """Where the two first differ; "" if they do not."""
    for number, (there, here) in enumerate(zip(linux, model, strict=True)):
        if there != here:
            lines = [f"{step} -> {seen[0]}" for step, seen in zip(steps, model, strict=True)]
            lines = lines[: number + 1]
            lines.append(f"  Linux: {there[0]}  model: {here[0]}")
            for worker, (real, own) in enumerate(zip(there[1], here[1], strict=True)):
                lines += [
                    f"  {worker}.{slot}: Linux {real.get(slot)}, model {own.get(slot)}"
                    for slot in sorted(real.keys() | own.keys())
                    if real.get(slot) != own.get(slot)
                ]
            return "\n".join(lines)
    return ""


def differs(stage: Stage, writer: SocketWriter, replays: int = 3) -> str:
    """Where Linux and the model differ, in each of so many replays; "" if they agree in one: what
    goes over a pair of veth takes a moment on Linux."""
    found = ""
    for _ in range(replays):
        found = compare(stage.play(writer.steps), writer.seen, writer.steps)
        if not found:
            break
    return found
