"""What is loaded when, and what the rooms below the session may reach for.

import-linter holds the layering as written; this holds what it cannot see: modules that a fresh
interpreter really loads, imports by name at run time, and builtins that do I/O.
"""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import nsh
import nsh.kernel
import nsh.userland
from nsh._modules import modules

PACKAGE = Path(nsh.__file__).parent
MAY_LOAD = {
    "machine": {"machine"},
    "abi": {"machine", "abi"},
    "emulator": {"machine", "emulator"},
    "views": {"machine", "emulator", "views", "_modules"},
    "kernel": {"machine", "abi", "emulator", "kernel", "_modules"},
    "lang": {"machine", "abi", "lang", "_resources", "spelling"},
    "userland": {"machine", "abi", "userland", "_modules", "spelling"},
    "linux": {"machine", "abi", "linux"},
}
PURE = MAY_LOAD.keys() - {"linux"}
FRONT_END_LIBRARIES = frozenset({"textual", "prompt_toolkit", "rich"})

# `id` and `hash` do no I/O, but their values differ from run to run.
IMPURE_BUILTINS = frozenset(
    {"__import__", "breakpoint", "compile", "eval", "exec", "hash", "id", "input", "open", "print"}
)
ALLOWED = {  # caches found by identity: what they miss is made anew
    "emulator/keeping.py": {"id"},
    "lang/live.py": {"id"},
}
# Doors to the same by other names; the clock, the environment and so on are import-linter's.
IMPURE_MODULES = frozenset({"builtins", "io", "pathlib", "runpy", "sys"})

REPORT = """
import json, sys
sys.argv = ["nsh", *sys.argv[1:]]
from nsh.cli import main
try:
    status = main()
except SystemExit as stop:
    status = stop.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
sys.exit(status)
"""


# All modules of one room. nsh/__init__.py is the whole house's door, so it is left out.
LOAD_ROOM = """
import importlib, json, pkgutil, sys, types
house = types.ModuleType("nsh")
house.__path__ = [sys.argv[1]]
sys.modules["nsh"] = house
room = importlib.import_module(sys.argv[2])
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


def fresh(code: str, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run CODE in an interpreter that has loaded nothing of ours yet."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PACKAGE.parent,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def loaded(stderr: str) -> set[str]:
    """Return the top-level modules that the interpreter reported, nsh's rooms among them."""
    modules = json.loads(stderr.splitlines()[-1])
    return {name.split(".")[0] for name in modules} | {n for n in modules if n.startswith("nsh.")}


@pytest.mark.parametrize(("line", "expected"), [("echo hi", "hi\n"), ("ps", None)])
def test_a_command_line_loads_no_front_end(line: str, expected: str | None) -> None:
    run = fresh(REPORT, "-c", line)
    assert run.returncode == 0, run.stderr
    assert run.stdout if expected is None else run.stdout == expected
    assert not loaded(run.stderr) & (FRONT_END_LIBRARIES | {"nsh.tui", "nsh.repl", "pyte"})


@pytest.mark.parametrize(("arguments", "typed"), [(["-c", "ps"], ""), ([], "ps\n")])
def test_a_plain_line_loads_nothing_that_it_can_do_without(
    arguments: list[str], typed: str
) -> None:
    run = fresh(REPORT, *arguments, typed=typed)
    spared = {"lark", "typing_extensions", "inspect", "pkgutil", "threading", "argparse"}
    spared |= {"platform", "textwrap"}
    assert not loaded(run.stderr) & spared


LIGHTLY = """
from nsh._modules import load_lightly
load_lightly()
import sys
print([each for each in ("platform", "textwrap", "msgspec.inspect") if each in sys.modules])
import msgspec, platform, textwrap
print(msgspec.json.schema(int), platform.python_version() in sys.version, textwrap.dedent(" a"))
import msgspec.inspect
print(msgspec.inspect.type_info(bool), hasattr(msgspec.inspect, "nothing"))
"""


def test_what_is_left_out_at_first_comes_when_it_is_asked_for() -> None:
    assert fresh(LIGHTLY).stdout == "[]\n{'type': 'integer'} True a\nBoolType() False\n"


def test_modules_are_found_as_the_import_system_finds_them() -> None:
    for package in (nsh.kernel, nsh.userland):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        assert modules(package) == sorted(module.name for module in found)


INTERFACE = """
from nsh._modules import load_interface_lightly
load_interface_lightly()
import sys
names = "ssl", "asyncio.sslproto", "textual.types", "textual.widgets._select"
print([each for each in names if each in sys.modules])
import asyncio.sslproto, textual.command, textual.types
from textual.widgets import Select
print(textual.command.IgnoreReturnCallbackType is textual.types.IgnoreReturnCallbackType)
print(issubclass(textual.types.NoSelection, object), Select.__name__)
"""


def test_an_interface_loads_no_widgets_that_it_has_not() -> None:
    assert fresh(INTERFACE).stdout == "[]\nTrue\nTrue Select\n"


LATE = """
from nsh._modules import late
home = {}
late(home, "json", "decoder", "encoder")
print("json" in __import__("sys").modules, end=" ")
print(home["decoder"].JSONDecoder().decode("[1]"), home["decoder"].__name__, end=" ")
print("json" in __import__("sys").modules, type(home["encoder"]).__name__)
"""


def test_a_late_module_comes_when_something_of_it_is_asked_for() -> None:
    assert fresh(LATE).stdout == "False [1] json.decoder True _Late\n"


BESIDE = """
import json, sys
from nsh.repl import loop
from nsh.session.index import Index
from nsh.session.session import Session
machine = Session().machine
before = set(sys.modules)
from nsh.lang import highlight
from nsh.session import offering
offering.warm(machine, Index())
print(json.dumps([name for name in sys.modules if name not in before and "nsh.kernel" in name]))
"""


def test_what_a_thread_loads_behind_the_prompt_is_nothing_of_the_kernel() -> None:
    """Its modules import each other in circles, and the first line may load them at that time."""
    assert json.loads(fresh(BESIDE).stdout) == []


def late_ones(tree: ast.Module) -> tuple[set[str], set[str]]:
    """What a module has type checkers believe it imports, and what comes late."""
    told, late = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=orelse) if orelse:
                for each in body:
                    if isinstance(each, ast.ImportFrom):
                        told |= {f"{each.module}.{alias.name}" for alias in each.names}
            case ast.Call(func=ast.Name(id="late"), args=[_, package, *names]):
                said = [ast.literal_eval(each) for each in (package, *names)]
                late |= {f"{said[0]}.{name}" for name in said[1:]}
    return told, late


def test_what_comes_late_is_what_type_checkers_are_told() -> None:
    found = 0
    for path in PACKAGE.rglob("*.py"):
        told, late = late_ones(ast.parse(path.read_text(encoding="utf-8")))
        assert late <= told, path
        found += len(late)
    assert found > 20


def test_help_loads_neither_a_front_end_nor_the_grammar() -> None:
    run = fresh(REPORT, "--help")
    assert run.returncode == 0, run.stderr
    assert "play" in run.stdout
    assert not loaded(run.stderr) & (FRONT_END_LIBRARIES | {"lark", "nsh.tui", "nsh.repl"})


@pytest.mark.parametrize("room", [*MAY_LOAD, "session", "tui", "repl"])
def test_a_room_loads_only_the_rooms_it_stands_on(room: str) -> None:
    run = fresh(LOAD_ROOM, str(PACKAGE), f"nsh.{room}")
    assert run.returncode == 0, run.stderr
    modules = loaded(run.stdout)
    rooms = {name.split(".")[1] for name in modules if name.startswith("nsh.")}
    assert room in rooms
    if room == "tui":
        assert "prompt_toolkit" not in modules
        assert not rooms & {"cli", "repl"}
    elif room == "repl":
        assert not modules & {"textual", "rich"}
        assert not rooms & {"cli", "tui"}
    elif room == "session":
        assert not modules & FRONT_END_LIBRARIES
        assert not rooms & {"cli", "repl", "tui"}
    else:
        assert not modules & FRONT_END_LIBRARIES
        assert rooms <= MAY_LOAD[room]


def impurities(tree: ast.Module) -> list[str]:
    """Name what a module imports or calls, by line, that a room below the session may not."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                reached = {name.name.split(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), level=0):
                reached = {module.split(".")[0]}
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS:
                found.append(f"line {node.lineno}: calls {name}()")
                continue
            case _:
                continue
        found += [f"line {node.lineno}: imports {name}" for name in reached & IMPURE_MODULES]
    return found


@pytest.mark.parametrize("room", sorted(PURE))
def test_a_pure_room_does_no_io_by_any_name(room: str) -> None:
    modules = sorted((PACKAGE / room).rglob("*.py"))
    assert modules
    found = {}
    for path in modules:
        name = str(path.relative_to(PACKAGE))
        excused = tuple(f"calls {word}()" for word in ALLOWED.get(name, ()))
        impure = impurities(ast.parse(path.read_text(encoding="utf-8")))
        found[name] = [what for what in impure if not what.endswith(excused or ("\0",))]
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize(
    "source", ["print(1)", "def f(): return open('x')", "import io", "from sys import stdout"]
)
def test_the_check_above_can_fail(source: str) -> None:
    assert impurities(ast.parse(source))
