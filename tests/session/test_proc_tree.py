"""The exported /proc, as programs that know nothing of nsh read it: psutil, ps, pstree."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from nsh.abi.errno import KernelError
from nsh.lang.diagnostics import SyntaxProblem
from nsh.session import proc_tree
from nsh.session.session import Session

SCRIPTS = {
    "families": "spawn web; as web { spawn -n 3 worker; as worker.2 { setsid; prctl name long } }",
    "states": "spawn a; spawn b { sleep 100 }; spawn c; kill -STOP %c || true; spawn d { exit 3 }",
    "spaces": "spawn --pid --mount-proc box; as box { spawn one; spawn --pid --mount-proc two }",
    "threads": "spawn many; as many { spawn -t t1; spawn -t t2 }",
    "awkward": "spawn a; as a prctl name 'a b) (c'; spawn x; as x { spawn y; exit }",
}
COLUMNS = "pid,ppid,pgid,sid,tpgid,stat,nlwp,ruid,euid,comm"
BIND = 'mount --make-rprivate / && mount --bind "$1" /proc && shift && exec "$@"'


@functools.cache
def forbidden() -> str:
    """Why no program can be shown another /proc here; "" when one can."""
    for needed in ("unshare", "ps", "pstree"):
        if shutil.which(needed) is None:
            return f"{needed} is not installed"
    tried = subprocess.run(["unshare", "-mpf", "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()


def inside(tree: Path, *command: str) -> str:
    """What a program prints that finds the tree on /proc, and is its number 1 itself."""
    if why := forbidden():
        pytest.skip(f"no other /proc can be shown here: {why}")
    return subprocess.run(
        ["unshare", "-mpf", "sh", "-c", BIND, "sh", tree, *command],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    ).stdout


@pytest.fixture
def psutil(tmp_path: Path) -> Iterator[ModuleType]:
    module = pytest.importorskip("psutil")
    module.PROCFS_PATH = str(tmp_path / "proc")
    yield module
    module.PROCFS_PATH = "/proc"


def played(script: str) -> Session:
    session = Session("mainline", keep=False)
    session.run(script)
    return session


def exported(session: Session, tree: Path, ref: str = "init") -> Path:
    proc_tree.write(session.machine, session.task(ref).id, str(tree))
    return tree


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_ps_prints_of_it_what_our_own_prints(script: str, tmp_path: Path) -> None:
    session = played(script)
    tree = exported(session, tmp_path / "proc")
    ours = session.run(f"ps -e -o {COLUMNS}").stdout
    assert inside(tree, "ps", "-e", "-o", COLUMNS, "--sort", "pid") == ours
    threads = session.run("ps -eL -o pid,lwp,stat,comm").stdout.splitlines()
    theirs = inside(tree, "ps", "-eL", "-o", "pid,lwp,stat,comm").splitlines()
    assert sorted(theirs) == sorted(threads)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_pstree_draws_of_it_what_our_own_draws(script: str, tmp_path: Path) -> None:
    session = played(script)
    tree = exported(session, tmp_path / "proc")
    assert inside(tree, "pstree", "-A", "-p") == session.run("pstree -A -p").stdout


def test_a_nested_container_finds_its_own_numbers(tmp_path: Path) -> None:
    session = played(SCRIPTS["spaces"])
    tree = exported(session, tmp_path / "proc", "box")
    ours = session.run("as box ps -e -o pid,ppid,comm").stdout
    assert inside(tree, "ps", "-e", "-o", "pid,ppid,comm", "--sort", "pid") == ours
    assert "box" in ours
    assert "init" not in ours


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_psutil_reads_it(script: str, tmp_path: Path, psutil: ModuleType) -> None:
    session = played(script)
    exported(session, tmp_path / "proc")
    found = [
        f"{each.pid} {each.ppid()} {each.num_threads()} {each.uids().real} {each.name()}"
        for each in map(psutil.Process, psutil.pids())
    ]
    rows = session.run("ps -e -o pid,ppid,nlwp,ruid,comm --no-headers").stdout.splitlines()
    told = [" ".join(row.split(None, 4)) for row in rows]
    assert found == [line.removesuffix(" <defunct>") for line in told]
    assert psutil.boot_time() > 0
    assert psutil.virtual_memory().total > 0


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    def content(tree: Path) -> dict[str, bytes]:
        found = {}
        for path in sorted(tree.rglob("*")):
            name = str(path.relative_to(tree))
            found[name] = (
                os.fsencode(os.readlink(path))
                if path.is_symlink()
                else path.read_bytes()
                if path.is_file()
                else b"/"
            )
        return found

    one = exported(played(SCRIPTS["spaces"]), tmp_path / "one")
    other = exported(played(SCRIPTS["spaces"]), tmp_path / "other")
    assert content(one) == content(other)
    assert len(content(one)) > 100


def test_the_machine_hears_nothing_of_it(tmp_path: Path) -> None:
    session = played(SCRIPTS["states"])
    before = session.digest
    exported(session, tmp_path / "proc")
    assert session.digest == before


def test_a_script_can_export_in_its_middle(tmp_path: Path) -> None:
    session = played("spawn web")
    session.run(f"export proc --as web {tmp_path}/early; as web {{ spawn child }}")
    session.run(f"export proc {tmp_path}/late")
    assert not (tmp_path / "early" / "3").exists()
    assert (tmp_path / "late" / "3" / "comm").read_text() == "child\n"
    assert os.readlink(tmp_path / "early" / "self") == "2"


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    session = played("spawn web")
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(OSError, match="not empty"):
        proc_tree.write(session.machine, session.task("web").id, str(tmp_path))
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


def test_without_proc_there_is_nothing_to_export(tmp_path: Path) -> None:
    session = played("umount /proc")
    with pytest.raises(KernelError, match="no proc on /proc"):
        proc_tree.write(session.machine, session.task("init").id, str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def test_what_export_does_not_understand_it_refuses() -> None:
    with pytest.raises(SyntaxProblem, match="every variable is in the environment"):
        played("echo before; export X=1")
    for wrong in ("export proc", "export proc --as", "export proc a b", "export proc --to x y"):
        result = played("").run(wrong)
        assert result.status == 2, wrong
        assert "export" in result.stderr
