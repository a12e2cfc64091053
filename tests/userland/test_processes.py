"""The process and namespace tools on the model: what they do to whom, transcript by transcript."""

from __future__ import annotations

import pytest

import nsh
from nsh.session.session import Session
from tests.userland._said import complaint, printed


def test_ps_shows_each_task_its_own_numbers(machine: Session) -> None:
    """P2, P3: the session of the language's page, to the blank."""
    printed(machine, "spawn sshd; as sshd { echo web > /proc/container }")
    printed(machine, "as sshd { spawn -n 2 httpd }")
    expected = (
        "  PID  PPID  CID  VPID COMMAND\n"
        "    1     0    0     1 init\n"
        "    2     1  web     1 sshd\n"
        "    3     2  web     2 httpd.1\n"
        "    4     2  web     3 httpd.2\n"
    )
    assert printed(machine, "ps -o pid,ppid,cid,vpid,comm") == expected
    inside = "  PID  PPID COMMAND\n    1     0 sshd\n    2     1 httpd.1\n    3     1 httpd.2\n"
    assert printed(machine, "as web:1 ps -o pid,ppid,comm") == inside


def test_an_invisible_pid_is_absent(machine: Session) -> None:
    """P3"""
    printed(machine, "spawn sshd; as sshd { echo web > /proc/container }; spawn other")
    said = complaint(machine, "as sshd kill 3")
    assert said.startswith("nsh: kill: No such process (ESRCH): ")
    assert printed(machine, "as sshd ps -o comm=") == "sshd\n"
    assert machine.run("as sshd ps -p 3").status == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("test a == b; exit", 1),
        ("test a == b || exit", 1),
        ("(exit 7) || exit", 7),
        ("true; exit", 0),
        ("test a == b; exit 0", 0),
        ("test a == b; exit --thread", 1),
    ],
)
def test_exit_without_a_status_takes_that_of_the_command_before(
    machine: Session, body: str, status: int
) -> None:
    """exit(1p); as a child's program, and as a subshell that executes its last command."""
    assert printed(machine, f"spawn w {{ {body} }}; wait w; echo $?") == f"{status}\n"
    assert printed(machine, f"({body}) || true; ({body}) && echo 0 || echo $?") == f"{status}\n"


def test_nspid_shows_a_task_at_every_level(machine: Session) -> None:
    """P10"""
    printed(machine, "spawn --pid outer; as outer { spawn --pid inner }")
    assert printed(machine, "ps -e -o nspid=,comm=") == (
        "1           init\n2,1         outer\n3,2,1       inner\n"
    )


def test_pstree_merges_what_looks_alike(machine: Session) -> None:
    printed(machine, "spawn sshd; as sshd { spawn -n 3 httpd }; as httpd.2 spawn child")
    assert printed(machine, "pstree") == "init───sshd─┬─httpd.1\n" + (
        "            ├─httpd.2───child\n            └─httpd.3\n"
    )
    printed(machine, "as sshd { spawn a; spawn b }; as a prctl name twin; as b prctl name twin")
    assert printed(machine, "pstree").splitlines()[-1].endswith("─2*[twin]")
    assert "─twin(7)\n" in printed(machine, "pstree -p")


def test_a_tool_alone_changes_its_caller_and_no_other(machine: Session) -> None:
    """The acting task itself performs unshare(2), setns(2), setsid(2): nobody is forked."""
    printed(machine, "spawn a; spawn --uts b; as b hostname boxb")
    assert printed(machine, "as a { unshare --uts; hostname boxa; hostname }") == "boxa\n"
    assert printed(machine, "as a { nsenter -t b --uts; hostname }") == "boxb\n"
    assert printed(machine, "hostname") == "nsh\n"
    assert printed(machine, "as a { setsid; getsid }") == "2\n"
    assert printed(machine, "ps -e -o pid=") == "    1\n    2\n    3\n"


def test_a_tool_with_a_command_behind_it_works_in_a_child(machine: Session) -> None:
    assert printed(machine, "unshare --pid --fork getpid") == "1\n"
    assert printed(machine, "unshare --pid --fork --mount-proc ps -o pid=,comm=").split() == [
        "1",
        "ps",
    ]
    assert printed(machine, "unshare --uts hostname elsewhere; hostname") == "nsh\n"
    assert printed(machine, "setsid -w ps -o sid= -C ps; getsid").split() == ["7", "1"]
    assert printed(machine, "ps -e -o pid=") == "    1\n"


def test_a_child_that_cannot_be_changed_says_so_and_is_gone(machine: Session) -> None:
    printed(machine, "spawn --pid other")
    failed = "nsh: nsenter: reassociate to namespace 'ns/pid' failed: Invalid argument (EINVAL)"
    assert failed in complaint(machine, "as other { nsenter --pid=/proc/1/ns/uts getpid }")
    assert machine.status == 1
    assert "failed to execute nosuch" in complaint(machine, "unshare --uts nosuch")
    assert machine.status == 127
    assert printed(machine, "ps -e -o comm=") == "init\nother\n"


def test_setns_enters_a_pid_namespace_with_the_children_only(machine: Session) -> None:
    """P10, N16"""
    printed(machine, "spawn --pid web; spawn guest")
    said = printed(machine, "as guest { setns /proc/2/ns/pid pid; getpid; spawn late }")
    assert said == "3\n"
    assert printed(machine, "as late getpid; as late getppid") == "2\n0\n"
    assert "EINVAL" in complaint(machine, "as late setns /proc/2/ns/uts pid")


def test_unshare_needs_something_to_fork_for(machine: Session) -> None:
    assert "spawn --pid NAME" in complaint(machine, "unshare --pid --fork")


def test_clone2_takes_flags_in_any_dress(machine: Session) -> None:
    """P5, N17"""
    assert printed(machine, "clone2 -n a --set-tid 300 CLONE_NEWUTS") == "300\n"
    assert printed(machine, "clone2 -n b 'newpid|newuts'") == "2\n"
    assert printed(machine, "as b getpid; lsns -t uts -n").count("\n") == 1 + 3
    assert "there is no flag CLONE_NEWTEA" in machine.run("clone2 NEWTEA").stderr
    assert "EEXIST" in complaint(machine, "clone2 -n c --set-tid 300")
    both = "if clone2 NEWPID { getpid; exit } else { wait -n; echo parent }"
    assert printed(machine, both) == "1\nparent\n"


def test_fork_tells_the_two_sides_apart(machine: Session) -> None:
    both = "if fork { getpid; exit 4 } else { echo parent of $!; wait $!; echo $? }"
    assert sorted(printed(machine, both).splitlines()) == ["2", "4", "parent of 2"]


def test_wait_tells_what_became_of_children(machine: Session) -> None:
    script = "spawn a { exit 3 }; spawn b; kill -KILL b; wait a; echo $?; wait b; echo $?"
    assert printed(machine, script) == "3\n137\n"
    assert printed(machine, "wait; echo $?") == "0\n"
    assert printed(machine, "wait -n; echo $?") == "127\n"
    result = machine.run("wait 77; echo $?")
    assert result.stdout == "127\n"
    assert result.stderr.startswith("nsh: wait: 77: No child processes (ECHILD)")


def test_a_handled_signal_ends_a_wait_and_nothing_else(machine: Session) -> None:
    waker = "trap USR1 { echo woken }; spawn w { sleep 1; kill -USR1 1; sleep 1; exit 3 }; "
    assert printed(machine, waker + "wait w; echo $?; wait w; echo $?") == "woken\n129\n3\n"
    assert printed(machine, waker + "setsid -w sleep 3; echo $?") == "woken\n0\n"


def test_waitpid_tells_in_words(machine: Session) -> None:
    said = printed(machine, "spawn a; kill -STOP a; waitpid -u a; kill -CONT a; waitpid -c a")
    assert said == "2 stopped STOP\n2 continued\n"
    assert printed(machine, "waitpid -n a") == "0\n"
    assert printed(machine, "kill -SEGV a; waitpid -k a; waitpid -1") == (
        "2 killed SEGV\n2 killed SEGV\n"
    )
    assert "ECHILD" in complaint(machine, "waitpid 0")
    printed(machine, "spawn b; as b { setpgrp; exit 9 }")
    assert printed(machine, "waitpid -3") == "3 exited 9\n"


def test_kill_reaches_by_pid_group_label_and_reference(machine: Session) -> None:
    """P11 among others"""
    printed(machine, "spawn a; spawn b; as a setpgrp; as b setpgid 0 0; spawn c; setpgid c b")
    printed(machine, "kill -TERM a; kill -KILL -3; waitpid a")
    assert printed(machine, "waitpid; waitpid") == "3 killed KILL\n4 killed KILL\n"
    printed(machine, "spawn --pid web; kill 0:5")
    assert "ECHILD" in complaint(machine, "as web waitpid")
    assert printed(machine, "ps -o comm= -C web") == "web\n", "an init does not die of TERM"
    printed(machine, "kill -KILL web:1; wait")
    result = machine.run("spawn d; kill d 77; echo $?")
    assert not result.ok
    assert machine.status == 1


def test_a_signal_with_a_value_is_queued_with_it(machine: Session) -> None:
    printed(machine, "spawn a; as a sigprocmask -b USR1 RTMIN+2")
    printed(machine, "kill -q 3 -USR1 a; kill -q 4 -RTMIN+2 a; kill -q 5 -s RTMIN+2 a")
    assert printed(machine, "as a sigpending") == "USR1\nRTMIN+2\n"
    assert printed(machine, "as a sigprocmask") == "USR1\nRTMIN+2\n"
    machine.run("as a sigprocmask -s TERM")
    assert "ESRCH" in complaint(machine, "as a sigpending")


def test_prctl_and_subreaper(machine: Session) -> None:
    printed(machine, "spawn a; as a { subreaper on; spawn b; as b spawn c }; as b exit")
    assert printed(machine, "ps -o ppid= -C c; as a subreaper").split() == ["2", "on"]
    assert printed(machine, "as a prctl name 'a very long name indeed'; as a prctl name") == (
        "a very long nam\n"
    )
    assert printed(machine, "as c { prctl pdeathsig KILL; prctl pdeathsig }") == "KILL\n"
    assert "unknown option 'tea'" in complaint(machine, "prctl tea")


def test_the_container_command_speaks_to_its_file(machine: Session) -> None:
    """P1, P7, P8"""
    printed(machine, "spawn a; spawn b; as a container new web; container move --tree b db")
    assert printed(machine, "container") == (
        "CONTAINER NPROCS PID VPID COMMAND\n"
        "0              1   1    1 init\n"
        "web            1   2    1 a\n"
        "db             1   4    3 b\n"
    )
    assert printed(machine, "container which; as a container which") == "0\nweb\n"
    assert "EPERM" in complaint(machine, "as a container leave")
    assert "EEXIST" in complaint(machine, "spawn c; as c container new web")
    for wrong in ("new", "list x", "which x", "move web", "dance", "new web --tree 1"):
        assert "Try 'help container'" in complaint(machine, f"container {wrong}")
    assert "EINVAL" in complaint(machine, "as c container new 'two words'")
    assert printed(machine, "container lies") == printed(machine, "lies")


def test_a_hostile_name_moves_no_cursor(machine: Session) -> None:
    printed(machine, 'spawn a; as a prctl name "$(printf "x\\\\033[2J\\\\ny")"')
    printed(machine, "container move --tree a box")
    assert "holds 2 for x" in printed(machine, "container lies")
    tools = ("ps -e", "ps aux", "pstree", "lsns", "container", "lies", "pgrep -l x", "pkill -e x")
    for tool in tools:
        text = printed(machine, tool)
        assert "\x1b" not in text
        assert all(line.isprintable() for line in text.splitlines())


def test_help_knows_commands_and_topics(machine: Session) -> None:
    assert printed(machine, "help kill") == printed(machine, "kill --help")
    assert printed(machine, "help signals").startswith("Signals:\n  kill ")
    assert "Sessions and groups:\n" in printed(machine, "help")
    assert "`nsh help tea`" in complaint(machine, "help tea")


def test_a_tool_whose_reader_has_gone_is_killed_without_a_word() -> None:
    """Far more than a pipe holds: SIGPIPE ends it, in the child that the pipeline made for it."""
    machine = nsh.boot(keep=False)
    printed(machine, "spawn -n 600 w")
    wide = "ps -e -o pid,lstart,pending,blocked,ignored,caught,lstart,comm"
    assert len(printed(machine, wide)) > 65536
    assert printed(machine, f"{wide} | true; echo $?") == "0\n"
    assert machine.run("ps -C ps").status == 1, "and is no more"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("axo pid,comm", "  PID COMMAND\n    1 init\n    2 w\n"),
        ("ho ppid:1,pid:1", "0 1\n1 2\n"),
        ("p 2 o comm=", "w\n"),
        ("p 1,2 o pid=", "    1\n    2\n"),
    ],
)
def test_ps_takes_lists_behind_bsd_letters(machine: Session, words: str, expected: str) -> None:
    assert printed(machine, f"spawn w; ps {words}") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kill -TREM 1", "unknown signal name TREM; did you mean 'TERM'?"),
        ("kill -s SIGTREM 1", "unknown signal name SIGTREM; did you mean 'TERM'?"),
        ("kill -XYZZY 1", "unknown signal name XYZZY\n"),
        ("ps --forst", "unrecognized option '--forst'; did you mean '--forest'?"),
        ("unshare --pdi", "unrecognized option '--pdi'; did you mean '--pid'?"),
        ("ls --zzzzz", "unrecognized option '--zzzzz'\n"),
        ("expect 1 = 1", "1: command not found; an assignment has no blanks around `=`, and `==`"),
        ("spawn x; x = 5", "=: command not found"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(machine: Session, text: str, said: str) -> None:
    assert said in complaint(machine, text)


def test_pidof_finds_the_latest_first(machine: Session) -> None:
    printed(machine, "spawn a; spawn b; sleep 100 & sleep 100 &")
    assert printed(machine, "pidof sleep") == "5 4\n"
    assert printed(machine, "pidof -d, b sleep") == "3,5,4\n"
    assert printed(machine, "pidof -s sleep b") == "5\n"
    assert printed(machine, "pidof -o 5,%PPID -o 9 sleep") == "4\n"
    assert printed(machine, "pidof -q init; echo $?; pidof /sbin/init") == "0\n3 2 1\n"
    assert machine.run("kill -KILL a; pidof a").status == 1
    assert printed(machine, "pidof -z a") == "2\n"


def test_pgrep_chooses_by_namespace_state_and_age(machine: Session) -> None:
    printed(machine, "spawn --net a; spawn b; as a spawn c")
    assert printed(machine, "pgrep --ns c --nslist net .") == "2\n4\n"
    assert printed(machine, "pgrep --ns b .") == "1\n3\n"
    printed(machine, "kill -STOP b; echo 3 > /tmp/pid")
    assert printed(machine, "pgrep -r TZ -l") == "3 b\n"
    assert printed(machine, "pgrep -F /tmp/pid -l") == "3 b\n"
    assert printed(machine, "as c { pgrep -A . }") == "3\n"
    printed(machine, "sleep 5; spawn d")
    assert printed(machine, "pgrep -O 3 '^[a-d]$'") == "2\n3\n4\n"
    said = machine.run("pkill --ns 1 --nslist no,such a")
    assert (said.status, "unknown namespace type: no" in said.stderr) == (2, True)
    assert printed(machine, "pkill --ns c --nslist net -e '^a$'") == "a killed (pid 2)\n"


@pytest.mark.parametrize("line", ["sleep 9 & wait %1", "kill %1"])
def test_a_job_is_told_not_to_be_one(machine: Session, line: str) -> None:
    assert "there are no jobs: $! is the pid of the child" in machine.run(line).stderr


def test_lsns_shows_who_owns_what_was_asked_for(machine: Session) -> None:
    """lsns.c interpolates them: as of no process, though one may be in them."""
    printed(machine, "spawn p; p { setuid 1000; unshare --user }; cd /proc/2")
    printed(machine, "echo 0 1000 1 > uid_map; echo 0 0 1 > gid_map; p unshare --user --uts")
    assert printed(machine, "lsns -T -t uts -o NS,TYPE,NPROCS,PID,UID,PNS,ONS").splitlines() == [
        "NS               TYPE  NPROCS PID  UID        PNS        ONS",
        "4026531837       user       0        0          0          0",
        "├─4026531838     uts        1   1    0          0 4026531837",
        "└─4026532000     user       0     1000 4026531837 4026531837",
        "  └─4026532001   user       0     1000 4026532000 4026532000",
        "    └─4026532002 uts        1   2 1000          0 4026532001",
    ]
    assert printed(machine, "lsns --tree=parent -t uts -n -o NS,TYPE").splitlines() == [
        *("4026531837     user", "└─4026532000   user", "  └─4026532001 user"),
        *("4026531838     uts", "4026532002     uts"),
    ]
    told = printed(machine, "lsns -T -t user -p p -J -o ns,nprocs,pid")
    assert told.count('"pid": null') == told.count('"nprocs": 0') == 1


def test_lsns_tells_where_a_namespace_is_mounted(machine: Session) -> None:
    printed(machine, "ip netns add red; spawn w; as w nsenter --net=/run/netns/red")
    printed(machine, "touch /tmp/a; mount --bind /run/netns/red /tmp/a")
    assert printed(machine, "lsns -t net -o PID,NSFS -l").splitlines() == [
        *("PID NSFS", "  1 ", "  3 /run/netns/red,/tmp/a")
    ]


@pytest.mark.parametrize("name", ["", " ", "a b", "a_b", "a.", ".a", "a..b", "a-", "-", "a-.b"])
def test_hostname_takes_names_of_hosts_only(machine: Session, name: str) -> None:
    """As hostname 3.23 does; tried with that one in a uts namespace."""
    assert "the specified hostname is invalid" in complaint(machine, f"hostname '{name}'")
    assert machine.status == 1
    assert printed(machine, "hostname a-1.b2; hostname") == "a-1.b2\n"


def test_hostname_goes_by_the_name_alone(machine: Session) -> None:
    printed(machine, "hostname a.b.c; ip link set lo up; echo '# box' > /tmp/h; echo x.y >> /tmp/h")
    assert printed(machine, "hostname -f; hostname -s; hostname -d") == "a.b.c\na\nb.c\n"
    printed(machine, "ip link add v type veth peer name w; ip addr add 10.0.0.1/24 dev v")
    assert printed(machine, "hostname -I") == "10.0.0.1 \n"
    assert printed(machine, "hostname -F /tmp/h; hostname; hostname x; hostname -d") == "x.y\n"


def test_ps_tells_the_cgroups_that_are_not_the_root(machine: Session) -> None:
    printed(
        machine, "spawn w; mkdir /tmp/c; mount -t cgroup -o none,name=x x /tmp/c; mkdir /tmp/c/g"
    )
    printed(machine, "echo 2 > /tmp/c/g/cgroup.procs")
    assert printed(machine, "ps -eo pid=,cgroup=").splitlines() == ["    1 -", "    2 1:name=x:/g"]
