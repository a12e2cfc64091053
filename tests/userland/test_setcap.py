"""setcap and getcap, performed on this kernel's files as libcap's tools do it."""

import os
import shlex
from pathlib import Path

import pytest

from nsh.abi import Errno
from nsh.abi.xattrs import CAPABILITY
from nsh.session.session import Session
from tests.probes._real import need
from tests.userland._compare import ours, real

LINES = r"""
setcap cap_kill+ep f
setcap cap_kill,CAP_CHOWN=ep f
setcap 'cap_chown=p cap_kill=i' f
setcap 'cap_chown=ep cap_kill=eip cap_mknod+ei' f
setcap 'cap_chown=ep cap_kill=p' f
setcap '=ip cap_chown-p' f
setcap 'all=ep cap_chown-ep' f
setcap cap_chown+ep-e f
setcap = f
setcap =ep f
setcap all=i f
setcap 9=p f
setcap cap_40=p f
setcap cap_foo=ep f
setcap chown=ep f
setcap cap_chown f
setcap cap_chown=x f
setcap +ep f
setcap cap_chown=ep
setcap
setcap cap_chown=ep none
setcap cap_chown=ep d
setcap cap_chown=ep l
setcap cap_chown=ep f cap_kill=ep g
setcap cap_chown=ep none cap_kill=ep f
setcap -r had
setcap -r f
setcap -q -r had cap_kill=p f
setcap -n 1000 cap_chown=ep f
setcap -n 0 cap_chown=ep f
setcap -n x cap_chown=ep f
setcap -v cap_kill=p had
setcap -v cap_kill=ep had
setcap -q -v cap_kill=ep had
setcap -v -n 5 cap_kill=p had
setcap -v -n 1001 cap_kill=p root
setcap -v cap_kill=p root
setcap -v -r f
setcap -v -r had
setcap -v = f
getcap had root f
getcap -n had root
getcap -v had f d l
getcap -r .
getcap -r d none
getcap none had
getcap l d
"""


def left(directory: Path) -> dict[str, str]:
    """What each file has."""
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink():
            value = os.getxattr(path, CAPABILITY) if os.listxattr(path) else b""
            found[path.name] = value.hex()
    return found


def scene(directory: Path) -> Path:
    """Some files anew."""
    if directory.exists():
        for path in sorted(directory.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        directory.rmdir()
    directory.mkdir()
    (directory / "d").mkdir()
    for name in ("f", "g", "had", "root", "d/e"):
        (directory / name).touch()
    (directory / "l").symlink_to("had")
    kill = "2000000000000000" + 16 * "0"
    os.setxattr(directory / "had", CAPABILITY, bytes.fromhex("00000002" + kill))
    os.setxattr(directory / "root", CAPABILITY, bytes.fromhex("00000003" + kill + "e8030000"))
    return directory


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_prints_and_leaves_what_the_real_tool_does(line: str, tmpfs: Path) -> None:
    need(root=True)
    argv = shlex.split(line)
    theirs = real(*argv, cwd=scene(tmpfs))
    after = left(tmpfs)
    found = ours(*argv, cwd=scene(tmpfs))
    assert (found.status, found.out) == (theirs.status, theirs.out)
    assert left(tmpfs) == after


def test_reads_what_to_set() -> None:
    session = Session()
    assert session.run("touch /tmp/f; echo cap_kill=p | setcap -q - /tmp/f").ok
    assert session.run("getcap /tmp/f").stdout == "/tmp/f cap_kill=p\n"


def test_what_is_permitted_is_enough() -> None:
    """The tool makes CAP_SETFCAP effective, and leaves what was."""
    session = Session()
    assert session.run("touch /tmp/f; spawn w; w capset -e none").ok
    assert session.run("w setcap cap_kill=p /tmp/f").ok
    assert session.run("w getpcaps $$").stdout.endswith(": =p\n")
    assert session.run("w capset -p none").ok
    assert Errno.EPERM.name in session.run("w setcap -r /tmp/f").stderr
