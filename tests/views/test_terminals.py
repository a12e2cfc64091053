"""Terminals as values."""

from msgspec.structs import replace

from nsh.machine import Machine
from nsh.machine.ids import NO_TERMINAL, TerminalId
from nsh.machine.printed import add
from nsh.machine.terminals import Terminal
from nsh.views.table import pid_table
from nsh.views.terminals import TerminalView, name, terminal, terminals
from tests.views.machines import Web


def console(web: Web, data: bytes) -> TerminalId:
    key = TerminalId(web.build.tx.fresh())
    record = replace(Terminal("console", 0x501), session=web.sshd)
    web.build.tx.put(key, replace(record, printed=add(record.printed, data)))
    web.build.change(web.sshd, tty=key)
    return key


def seen(machine: Machine, key: TerminalId, lines: int = 24) -> TerminalView:
    view = terminal(machine, key, lines)
    assert view is not None
    return view


def test_a_terminal_shows_its_last_lines_and_its_owner():
    web = Web()
    key = console(web, b"one\r\ntwo\n\xffthree\nfour")
    machine = web.build.machine
    assert terminals(machine) == (key,)
    view = seen(machine, key, 3)
    assert (view.name, view.owner, view.written) == ("console", "web:1 sshd", 20)
    assert view.tail == ("two", "\ufffdthree", "four")
    assert name(machine, NO_TERMINAL) == "-"
    assert terminal(machine, TerminalId(999)) is None


def test_an_ended_line_is_the_last():
    web = Web()
    key = console(web, b"")
    machine = web.build.machine
    assert seen(machine, key).tail == ()
    record = machine.get(Terminal, key)
    web.build.tx.put(key, replace(record, printed=add(record.printed, b"done\n")))
    assert seen(web.build.machine, key).tail == ("done",)


def test_a_long_past_is_not_read():
    web = Web()
    key = console(web, b"x" * 50_000 + b"\nlast\n")
    view = seen(web.build.machine, key, 2)
    assert view.tail[-1] == "last"
    assert len(view.tail[0]) < 600


def test_tables_name_the_terminal():
    web = Web()
    console(web, b"")
    ttys = {row.comm: row.tty for row in pid_table(web.build.machine, web.web).rows}
    assert ttys == {"sshd": "console", "httpd.1": "-", "httpd.2": "-"}
