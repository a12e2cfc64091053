"""Random scripts about processes by descriptor, in two pid namespaces (pidfd_open(2), setns(2)).

As those about links they are held against Linux as ``nsh compare`` does it.
"""

from __future__ import annotations

import random

SHORTEST, LONGEST = 16, 30
WHO = ("", "", "", "a ", "b ", "b ", "c ", "d ")
BEGINNING = (
    "spawn a",
    "spawn --pid --mount --mount-proc --uts b",
    "b spawn c",
    "a spawn d",
    "a spawn --thread t",
)
SIGNALS = ("0", "0", "0", "USR1", "TERM", "KILL", "STOP", "CONT", "CONT", "65")
KINDS = ("uts", "ipc", "mnt", "pid", "user", "net", "time", "cgroup")
FROM_PROC = ("pid", "uts", "pid_for_children")
DESCRIPTORS = (3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 7)
NUMBERS = (1, 2, 2, 3, 3, 4, 5, 6, 7)
ASKED = (
    *("PIDFD_GET_INFO", "PIDFD_GET_INFO 8", "PIDFD_GET_UTS_NAMESPACE", "PIDFD_GET_PID_NAMESPACE"),
    *("PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE", "NS_GET_NSTYPE", "NS_GET_PARENT", "NS_GET_USERNS"),
)
TRANSLATED = (
    *("NS_GET_PID_FROM_PIDNS", "NS_GET_TGID_FROM_PIDNS"),
    *("NS_GET_PID_IN_PIDNS", "NS_GET_TGID_IN_PIDNS"),
)


def script(seed: int) -> str:
    """The script of *seed*: what fails in it, it goes on from."""
    chance = random.Random(seed)
    lines = list(BEGINNING)
    lines += [f"pidfd open {number} || true" for number in chance.sample((1, 2, 3, 4, 5), 3)]
    if chance.random() < 0.7:
        lines.append("spawn --pid e")
    count = chance.randint(SHORTEST, LONGEST)
    lines += [f"{chance.choice(WHO)}{_command(chance)} || true" for _ in range(count)]
    return "\n".join([*lines, "ls /proc/self/fd"]) + "\n"


def _command(chance: random.Random) -> str:
    fd, number = chance.choice(DESCRIPTORS), chance.choice(NUMBERS)
    match chance.choice("ooosssppwwwggiiittnnnnkkWxuGSCr"):
        case "o":
            options = chance.choice(("", "", "--nonblock ", "--thread "))
            return f"pidfd open {options}{number}"
        case "s":
            scope = chance.choice(("", "", "", "--thread ", "--process ", "--group "))
            return f"pidfd signal {scope}{fd} {chance.choice(SIGNALS)}"
        case "p":
            return f"pidfd poll -t 0 {fd}"
        case "w":
            options = chance.choice(("", "-u ", "-c ", "-k ", "--nothread "))
            return f"waitpid -n {options}-P {fd}"
        case "g":
            return f"pidfd getfd {fd} {chance.randint(0, 6)}"
        case "i":
            return f"ioctl {fd} {chance.choice(ASKED)}"
        case "t":
            return f"ioctl {fd} {chance.choice(TRANSLATED)} {number}"
        case "n":
            kinds = chance.sample(KINDS, chance.choice((1, 1, 2, 2, 3, 0)))
            return f"setns -P {fd} {','.join(kinds)}".rstrip()
        case "k":
            return f"grep NSpid /proc/self/fdinfo/{fd}"
        case "W":
            return "waitpid -n"
        case "x":
            return chance.choice(("exit 3", "spawn f", "spawn -up g", "unshare --uts"))
        case "u":
            return chance.choice(("setuid 65534", "setpgid 0 0", "setsid", "prctl dumpable 0"))
        case "C":
            more = chance.choice(("", "", ",FILES", ",NEWPID", ",PARENT", ",NEWUTS,NEWIPC"))
            return f"clone2 -n h PIDFD{more}"
        case "r":
            return f"open -m {chance.choice(('r', 'w', 'rw'))} /proc/self/fd/{fd}"
        case "G":
            return f"kill -{chance.choice(SIGNALS[:6])} {number}"
    return f"open -m r /proc/{number}/ns/{chance.choice(FROM_PROC)}"
