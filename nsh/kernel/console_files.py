"""Open files of consoles: counted, for the last one takes along a console that nobody can open."""

from msgspec.structs import replace

from nsh.machine.consoles import Console
from nsh.machine.ids import TerminalId
from nsh.machine.serial import SerialLine
from nsh.machine.terminals import UNLOCKED, Terminal
from nsh.machine.value import Transaction


def opened(tx: Transaction, key: TerminalId) -> None:
    """One more open file of the console."""
    console = tx.get(Console, key)
    tx.put(key, replace(console, opens=console.opens + 1))


def closed(tx: Transaction, key: TerminalId) -> None:
    """One less."""
    console = tx.get(Console, key)
    tx.put(key, replace(console, opens=console.opens - 1))
    if console.opens == 1:  # with its tty_struct go the claims on it
        terminal = tx.get(Terminal, key)
        tx.put(key, replace(terminal, exclusive=False, locked=UNLOCKED))
    let_go(tx, key)


def let_go(tx: Transaction, key: TerminalId) -> None:
    """Drop a console whose namespace has ended, if no file and no watcher refers to it."""
    unused = not tx.get(Console, key).opens and tx.find(SerialLine, key) is None
    if unused and tx.get(Terminal, key).gone:
        tx.drop(Terminal, key)
        tx.drop(Console, key)
