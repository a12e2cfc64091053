"""Calls as strace(1) prints them: flags, modes and clocks by name, and nothing of Python's."""

import pytest

import nsh
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import Dirent, Dup, Lseek, Mount, Open, Umount
from nsh.abi.ipc import Shmctl, Shmget
from nsh.abi.locks import FcntlLock, Flock
from nsh.abi.names import Mkdir, Mknod
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.prctl import Prctl
from nsh.abi.process import ClockGettime, Clone, Execve, Waitid
from nsh.abi.signals import Sigaction, Sigprocmask
from nsh.abi.sockets import Accept, Setsockopt
from nsh.session import trace


@pytest.mark.parametrize(
    ("request_", "printed"),
    [
        (Open("/etc/passwd"), '"/etc/passwd", O_RDONLY'),
        (Open("/tmp", 0o2200000), '"/tmp", O_RDONLY|O_DIRECTORY|O_CLOEXEC'),
        (Open("/x", 0o1101, 0o600), '"/x", O_WRONLY|O_CREAT|O_TRUNC, 0600'),
        (Open("/x", 0o40000002), '"/x", O_RDWR|0x800000'),
        (Stat("/x"), '"/x"'),
        (Stat("/x", follow=False), '"/x", AT_SYMLINK_NOFOLLOW'),
        (Mkdir("/x"), '"/x", 0777'),
        (Mkdir("/x", 0), '"/x", 000'),
        (Mknod("/x", 0o020600, 0x103), '"/x", S_IFCHR|0600, makedev(1, 3)'),
        (Dup(1, 10, cloexec=True), "1, 10, O_CLOEXEC"),
        (Dup(1), "1, 0"),
        (Lseek(3, -1, 2), "3, -1, SEEK_END"),
        (Mount("none", "/", "", 0o1040000), '"none", "/", "", MS_REC|MS_PRIVATE, ""'),
        (Mount("t", "/m", "tmpfs"), '"t", "/m", "tmpfs", 0, ""'),
        (Umount("/m", 2), '"/m", MNT_DETACH'),
        (Unshare(0x20020000), "CLONE_NEWNS|CLONE_NEWPID"),
        (Setns(3, 0x20000000), "3, CLONE_NEWPID"),
        (Clone(0, 17, name="web"), '0, SIGCHLD, "web"'),
        (Clone(0, 17, (7,), "web"), '0, SIGCHLD, [7], "web"'),
        (Execve("ps", ("ps", "-e")), '"ps", ["ps", "-e"], NULL'),
        (ClockGettime(7), "CLOCK_BOOTTIME"),
        (ClockGettime(77), "77"),
        (Prctl(15, "web"), 'PR_SET_NAME, "web"'),
        (Waitid(1, 2, 4), "P_PID, 2, WEXITED"),
        (Sigprocmask(0, 1 << 1 | 1 << 14), "SIG_BLOCK, [INT TERM]"),
        (Sigaction(10, "default", 0, 0x10000000), 'SIGUSR1, "default", [], SA_RESTART'),
        (Flock(3, 6), "3, LOCK_EX|LOCK_NB"),
        (FcntlLock(3, 6, 1), "3, F_SETLK, F_WRLCK, 0, 0, SEEK_SET, 0"),
        (Shmget(1, 100, 0o1644), "1, 100, IPC_CREAT|0644"),
        (Shmctl(0, 0), "0, IPC_RMID, 0, 0, 000"),
        (Accept(3, 0o2000000), "3, SOCK_CLOEXEC"),
        (Setsockopt(3, 2, 1), "3, SO_REUSEADDR, 1"),
    ],
)
def test_arguments(request_, printed):
    assert trace.arguments(request_) == printed


def test_what_stat_answers():
    answer = trace.answer(StatResult(5, 7, 0o041777, 2, 0, 0, 0, 40, 0))
    assert "mode=S_IFDIR|01777, nlink=2" in answer
    assert "rdev=makedev(5, 1)" in trace.answer(StatResult(5, 7, 0o020600, 1, 0, 0, 0x501, 0, 0))


def test_what_getdents_answers():
    entries = tuple(Dirent(name, n, 0o040000) for n, name in enumerate(("a", "b"), 1))
    assert trace.answer(entries) == (
        '[{name="a", ino=1, kind=S_IFDIR}, {name="b", ino=2, kind=S_IFDIR}]'
    )
    assert trace.answer(entries * 3) == "[6 entries]"


def test_every_call_is_printed_without_python():
    """Of what the machine's own programs ask."""
    session = nsh.boot()
    result = session.run(
        "trace ls -l /dev\ntrace spawn --pid w\ntrace as w ps aux\ntrace mount -t tmpfs none /mnt\n"
        "trace umount /mnt\ntrace findmnt\ntrace ipcs\ntrace script -qc tty /tmp/x\n"
        "trace timeout 1 sleep 2 || true\ntrace unshare -Ur id\n"
    )
    assert result.ok
    calls = [step.message for step in session.history if step.request and step.message]
    assert len(calls) > 100
    for word in ("True", "False", "None", "Dirent", "0o", "b'"):
        assert not [call for call in calls if word in call]
