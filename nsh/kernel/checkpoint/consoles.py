"""The consoles of a tty namespace (N9), and open files of those around the container.

"A running getty should be covered by tty namespace" (S2): the device is the same, and so is what it
shows and what was typed there.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import console_files, consoles
from nsh.kernel.checkpoint import discipline, parts, places, ptys, terminal_files
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs.walk import Walk
from nsh.machine.consoles import KIND, LAST, SERIAL, Console, Consoles
from nsh.machine.files import File
from nsh.machine.ids import FileId, TerminalId
from nsh.machine.ptys import NEVER, OpenTerminal
from nsh.machine.serial import SerialEnd
from nsh.machine.terminals import Terminal

parts.saves_namespaces(KIND)

_DEAD: Final = -2
_LIVE: Final = 0


class ConsolesOf(Object, frozen=True, tag="consoles"):
    """Of one namespace."""

    namespace: int
    active: int = 1
    """Which virtual console is in front."""


class ConsoleOf(Object, frozen=True, tag="console"):
    """One that has been opened; it is a terminal of that number."""

    number: int
    namespace: int
    console: int
    """0: /dev/console; 1 to 6: /dev/tty1 …; 64: /dev/ttyS0."""


class ConsoleFile(Object, frozen=True):
    """An open file of a console of the tty namespace around the container."""

    number: int
    opener: int
    console: int
    path: str
    flags: int = 0
    hangups: int = _LIVE
    """-1: it survives them; -2: it has not survived one."""


@parts.saves(ConsolesOf, 40)
def _save(dump: Dump) -> Iterator[Object]:
    """EBUSY: somebody outside watches its serial line."""
    tx = dump.tx
    for key in dump.namespaces:
        found = tx.find(Consoles, key)
        if found is None:
            continue
        namespace = dump.namespaces.of(key)
        yield ConsolesOf(namespace, found.active)
        for number, terminal in sorted(found.terminals.items()):
            own = dump.terminals.of(terminal)
            yield ConsoleOf(own, namespace, number)
            yield discipline.told(own, tx.get(Terminal, terminal))
            _check_unwatched(dump, terminal)


def _check_unwatched(dump: Dump, terminal: TerminalId) -> None:
    for key, file in dump.tx.items(File):
        if isinstance(file.opened, SerialEnd) and file.opened.line == terminal:
            whom = dump.holder(FileId(key)) or "somebody in a message"
            dump.refuse(f"{whom}, has the other end of its serial line open")


@parts.describes(OpenTerminal)
def _described(dump: Dump, seen: Seen) -> ConsoleFile | None:
    """EBUSY: it is a console of some other container's; ENOTSUP: of one that is gone."""
    tx, end = dump.tx, seen.file.opened
    assert isinstance(end, OpenTerminal)
    console = tx.find(Console, end.terminal)
    if console is None or end.terminal in dump.terminals:
        return None
    terminal = tx.get(Terminal, end.terminal)
    if terminal.gone:
        reason = f"{seen.has} {terminal.name} of a tty namespace that has ended"
        dump.refuse(f"{reason}: that cannot be saved", Errno.ENOTSUP)
    if console.namespace != dump.outside.kinds[KIND]:
        dump.refuse(f"{seen.has} {terminal.name} of another tty namespace, which is outside")
    hangups = end.hangups if end.hangups == NEVER else _LIVE
    if end.hangups not in (NEVER, terminal.hangups):
        hangups = _DEAD
    rdev = Walk(tx, seen.task).stat(seen.file.place).rdev
    own = consoles.own(tx, seen.task) == console.namespace
    if own and hangups != _DEAD and rdev == terminal.rdev:
        return None
    return ConsoleFile(
        number=seen.number,
        opener=dump.number(seen.task),
        console=console.number,
        path=places.path(dump, seen.task, seen.file.place, seen.has, around=True),
        flags=seen.file.flags,
        hangups=hangups,
    )


@parts.makes(ConsolesOf, "namespace")
def _make(restart: Restart, saved: ConsolesOf) -> None:
    key = restart.namespace(saved.namespace, KIND)
    if not 1 <= saved.active <= LAST:
        raise Errno.EINVAL(f"active: there is no virtual console {saved.active}")
    restart.tx.put(key, replace(restart.tx.get(Consoles, key), active=saved.active))


@parts.makes(ConsoleOf)
def _make_console(restart: Restart, saved: ConsoleOf) -> None:
    key = restart.namespace(saved.namespace, KIND)
    _check(saved.console)
    terminal = consoles.terminal(restart.tx, key, saved.console)
    if saved.number in restart.terminals or terminal in restart.terminals.values():
        raise Errno.EINVAL(f"number: there are two terminals {saved.number}")
    restart.terminals[saved.number] = terminal


def _check(console: int) -> None:
    if not (0 <= console <= LAST or console == SERIAL):
        raise Errno.EINVAL(f"console: there is no console {console}")


@parts.makes(ConsoleFile)
def _make_file(restart: Restart, saved: ConsoleFile) -> None:
    tx = restart.tx
    _check(saved.console)
    terminal = consoles.terminal(tx, consoles.own(tx, restart.caller), saved.console)
    hangups = saved.hangups
    if hangups == _LIVE:
        hangups = tx.get(Terminal, terminal).hangups
    rdev = tx.get(Terminal, terminal).rdev
    end = OpenTerminal(terminal, hangups)
    place = ptys.found(restart, restart.task(saved.opener), saved.path)
    key = terminal_files.opened(restart, saved, place, end, rdev, ptys.TTY, ptys.TTY0)
    console_files.opened(tx, terminal)
    restart.opens(saved.number, key)
