"""What only the model can be asked about users: set-id programs, the debate, its own books."""

from __future__ import annotations

import pytest

import nsh
from nsh.abi.process import Execve
from nsh.kernel import perform
from nsh.machine.ids import FIRST_USER
from nsh.machine.program import Labels
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import Ucounts, UserSpace
from nsh.session.naming import prompt
from nsh.session.session import Session


@pytest.fixture
def session() -> Session:
    return nsh.boot(paranoid=True)


def ran(session: Session, *lines: str) -> str:
    """What the last line prints; all must succeed."""
    for line in lines:
        result = session.run(line)
        assert result.ok, (line, result.stderr, result.messages)
    return result.stdout


def refused(session: Session, line: str) -> str:
    """The errno's name, and the reason."""
    result = session.run(line)
    assert not result.ok
    return result.stderr


# ---- programs with set-id bits

SETUP = ("touch /tmp/p", "chown 1000:1000 /tmp/p")


def nsh_exec(session: Session, path: str, label: str = "p") -> Creds:
    """The credentials of task *label* after an execve of *path*."""
    machine = session.machine
    task = machine.get(Labels, 0).by_name[label]
    return perform(machine, task, Execve(path, (path,))).machine.get(Task, task).creds


@pytest.mark.parametrize(
    ("mode", "euid", "egid"),
    [("4755", 1000, 5), ("2755", 7, 1000), ("6755", 1000, 1000), ("2745", 7, 5), ("755", 7, 5)],
)
def test_a_program_runs_as_its_owner_or_group(session, mode, euid, egid):
    ran(session, *SETUP, f"chmod {mode} /tmp/p", "spawn p", "p setgid 5", "p setuid 7")
    outcome = nsh_exec(session, "/tmp/p")
    assert [outcome.uid, outcome.euid, outcome.suid, outcome.fsuid] == [7, euid, euid, euid]
    assert [outcome.gid, outcome.egid, outcome.sgid] == [5, egid, egid]


def test_set_id_bits_of_root_give_what_is_in_bounds(session):
    ran(session, "touch /tmp/p", "chmod 4755 /tmp/p", "spawn p", "p setuid 7")
    assert nsh_exec(session, "/tmp/p").effective == (1 << 41) - 1
    ran(session, "p setpriv --no-new-privs")
    assert nsh_exec(session, "/tmp/p").euid == 7
    assert nsh_exec(session, "/tmp/p").effective == 0


def test_set_id_bits_do_not_count_on_nosuid_nor_from_another_user_namespace(session):
    make = ("touch /mnt/p", "chmod 4755 /mnt/p")
    ran(session, "mount -t tmpfs -o nosuid none /mnt", *make, "spawn p", "p setuid 7")
    assert nsh_exec(session, "/mnt/p").euid == 7
    ran(session, "spawn w", "as w { setuid 1000; unshare --user --mount; prctl dumpable 1 }")
    ran(session, "as w { echo '0 1000 1' > /proc/self/uid_map; echo deny > /proc/self/setgroups }")
    ran(session, "as w { echo '0 0 1' > /proc/self/gid_map; mount -t tmpfs none /mnt }")
    ran(session, "as w { touch /mnt/p; chmod 4755 /mnt/p }", "spawn q", "q setuid 7")
    assert nsh_exec(session, "/proc/5/root/mnt/p", "q").euid == 7


def test_a_program_whose_owner_is_not_known_inside_is_no_set_id_program(session):
    ran(session, "touch /tmp/p", "chmod 4755 /tmp/p", "spawn --user p")
    ran(session, "echo '0 1000 10' > /proc/$!/uid_map", "echo '0 1000 10' > /proc/$!/gid_map")
    ran(session, "p setgid 0", "p setuid 5")
    assert nsh_exec(session, "/tmp/p").euid == 1005


# ---- the debate

GUEST = (
    "touch /tmp/secret",
    "chmod 600 /tmp/secret",
    "spawn guest",
    "as guest { setuid 1000; prctl dumpable 1; unshare --user }",
    "as guest { echo '0 1000 1' > /proc/self/uid_map }",
)


def test_numbers_make_root_of_any_namespace_roots_heir(session):
    ran(session, *GUEST, "policy user.checks numbers", "guest cat /tmp/secret")
    ran(session, "guest kill -0 1", "guest chmod 666 /tmp/secret")


def test_pairs_leave_nothing_to_whoever_is_in_another_namespace(session):
    ran(session, *GUEST, "policy user.checks pairs")
    assert "EACCES" in refused(session, "guest cat /tmp/secret")
    assert "EPERM" in refused(session, "guest kill -0 1")
    ran(session, "policy user.checks mapped", "guest touch /tmp/own", "policy user.checks pairs")
    assert "EPERM" in refused(session, "guest chmod 600 /tmp/own")


def test_all_positions_agree_within_one_namespace(session):
    for value in ("mapped", "pairs", "numbers"):
        ran(session, f"policy user.checks {value}")
        ran(session, f"spawn a.{value}; a.{value} setuid 1000")
        ran(session, f"a.{value} touch /tmp/{value}", f"chmod 600 /tmp/{value}")
        ran(session, f"a.{value} cat /tmp/{value}")
        assert "EPERM" in refused(session, f"a.{value} kill -0 1")
        assert "EACCES" in refused(session, f"a.{value} touch /etc/{value}")


# ---- books


def test_a_user_namespace_goes_with_the_last_that_keeps_it(session):
    ran(session, "spawn --user --uts --mount --pid w", "as w mount -t tmpfs none /tmp")
    assert session.machine.count(UserSpace) == 2
    ran(session, "exec 7< /proc/$!/uid_map", "w exit 0")
    assert session.machine.count(UserSpace) == 2, "it is a zombie"
    ran(session, "wait")
    assert session.machine.count(UserSpace) == 2, "the file is open"
    ran(session, "exec 7<&-")
    assert session.machine.count(UserSpace) == 1
    assert session.machine.count(Ucounts) == 0


def test_limits_count_for_everybody_around(session):
    ran(session, "spawn --user w", "echo '0 0 10' > /proc/$!/uid_map")
    ran(session, "echo '0 0 10' > /proc/$!/gid_map", "echo 2 > /proc/sys/user/max_uts_namespaces")
    ran(session, "spawn --uts a", "A=$!", "w spawn --uts b")
    reason = refused(session, "w spawn --uts c")
    assert "ENOSPC" in reason
    assert "user:[4026531837]" in reason, "where the limit is"
    assert "max_uts_namespaces allows 2" in reason
    ran(session, "a exit 0", "wait $A", "w spawn --uts c")


def test_a_refusal_says_whose_capability_is_missing(session):
    ran(session, "spawn --user w")
    assert "CAP_SYS_ADMIN" in refused(session, "w hostname x")
    assert "in its own user namespace only, not in user:[4026531837]" in refused(
        session, "w hostname x"
    )


def test_overflow_ids_can_be_changed(session):
    ran(session, "spawn --user w", "echo 4711 > /proc/sys/kernel/overflowuid")
    assert ran(session, "w id -u") == "4711\n"
    assert "EINVAL" in refused(session, "echo 65536 > /proc/sys/kernel/overflowuid")
    assert session.machine.get(UserSpace, FIRST_USER).creator == 0


def test_the_prompt_is_roots_for_who_is_root_inside(session):
    ran(session, "spawn --user w")
    assert prompt(session.machine) == "0:1 init # "
    ran(session, "as w")
    assert prompt(session.machine) == "0:2 w $ "
    ran(session, "as init", "echo '0 0 1' > /proc/2/uid_map", "as w")
    assert prompt(session.machine) == "0:2 w # "
