"""Where terminals of the model are otherwise than Linux's: rows of :class:`nsh.abi.gaps.Gap`,
which that module makes of them."""

from typing import Final

Row = tuple[str, str, str, str, tuple[str, ...], str]

GAPS: Final[tuple[Row, ...]] = (
    (
        "A pseudo terminal passes on what was written",
        "A moment later, by a thread of the kernel's own: a giant write without waiting may find "
        "more room, or less",
        "At once",
        "A run must be repeatable",
        ("openpty", "script"),
        "a pseudo terminal passes on at once what was written",
    ),
    (
        "A key signals who waits in a read, and more keys come with it",
        "The reader may take the input along before it acts on the signal",
        "It acts on the signal",
        "A run must be repeatable",
        ("type",),
        "who waits in a read acts on a key's signal before it takes more input",
    ),
    (
        "`tcsetattr` with `TCSADRAIN` behind a writer that waits, and the caller is killed",
        "It spins until the writer is done",
        "It dies",
        "Nobody wants that one back",
        ("stty",),
        "who waits for output to drain can be killed meanwhile",
    ),
    (
        "`kernel.pty.reserve`",
        "Is kept for instances mounted in the machine's own mount namespace, where no script "
        "begins",
        "For those of the first, where a script begins",
        "It shows only when terminals run out",
        ("openpty",),
        "kernel.pty.reserve is kept for the instances of the first mount namespace",
    ),
    (
        "The terminal of a process in `lsptys`, on Linux",
        "Its console is number 0 too, of an instance out of sight: who has both open may be shown "
        "with the wrong one",
        "Its console has a number of its own",
        "`/proc/PID/stat` tells a number, and no instance",
        ("lsptys",),
        "on Linux a task on the console may be shown on the wrong terminal of number 0",
    ),
    (
        "Line disciplines",
        "`n_tty`, `n_null`, and those of modules (`ppp`, `slip`, …)",
        "`n_tty` alone: `TIOCSETD` of another is EINVAL",
        "The others make of a terminal something else than a terminal",
        ("ioctl",),
        "the line discipline is n_tty (0): there is no n_null (27), nor those of modules",
    ),
    (
        "`/dev/console` as controlling terminal",
        "Nobody's on a bare machine; ordinary in a container",
        "Ordinary",
        "It is the container's that the documents speak of",
        ("tty", "getty"),
        "/dev/console can be a controlling terminal, as in a container",
    ),
)
