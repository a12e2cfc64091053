"""Whatever is typed: no Python error, no broken invariant, no unbounded run."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nsh import SyntaxProblem
from nsh.abi.files import Close, Open, OpenFlag, Write
from nsh.abi.request import Failure
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.machine.invariants import violations
from nsh.session.session import Session

REFS = st.sampled_from(
    ["init", "a", "b.1", "b.2", "0:1", "web:1", ":2", "3", "99", "x:y", ":", "1:1"]
)
PIDS = st.sampled_from(
    ["0", "1", "2", "3", "-1", "-2", "99999", "$!", "$$", "web:1", "a", "-0", "''"]
)
SIGNALS = st.sampled_from(["TERM", "KILL", "STOP", "CONT", "0", "CHLD", "USR1", "64", "99", "HUP"])
WORDS = st.sampled_from(
    ["x", "$x", "$(getpid)", '"a b"', "'q'", "$((1+2))", "*", "\\n", "${y}", "1"]
)
COMMANDS = st.one_of(
    st.sampled_from(
        [
            "spawn a",
            "spawn -n 2 b",
            "spawn --pid web",
            "spawn --thread t",
            "spawn w { exit 3 }",
            "spawn loop { while true { } }",
            "echo web > /proc/container",
            "echo 0 > /proc/container",
            "policy pid.move any",
            "policy pid.levels flat",
            "unshare --pid",
            "unshare --pid --fork getpid",
            "setsid",
            "setsid getsid",
            "wait",
            "ps -e -o pid,ppid,stat,cid,vpid,comm",
            "pstree -p",
            "lsns",
            "getppid",
            "exit 2",
            "subreaper on",
            "sleep 1",
            "sleep 1 &",
            "true | false",
            "trap USR1 { echo $SIGNAL }",
            "trap CHLD ignore",
            "cat /proc/self/status > /dev/null",
            "container lies",
            "if fork { getpid } else { wait $! }",
            "x=$(ps); y=`getpid`",
            "expect 1 == 1",
            "cd /proc; cd /",
            "exec true",
            "x=5; as a { x=6; exit 3 }",
            "spawn k; as k { y=$x; kill -KILL $$ }",
            "yes | head -n 2; echo $?",
            "trap USR1 { x=1 }; as a { kill -USR1 1; kill -USR1 0 }",
            "trap USR2 { sleep 1 }; as a { kill -USR2 1; sleep 2; kill -USR2 0 }",
            "if fork { x=7; exit 3 } else { wait $! || x=8 }",
            "repeat 5 { x=$((x+1)); spawn r { y=1; sleep 1 }; kill -KILL $! }; wait",
            "trap CHLD { x=c$x }; spawn q { exit }; wait; trap CHLD default",
        ]
    ),
    st.builds("kill -{} {}".format, SIGNALS, PIDS),
    st.builds("as {} getpid".format, REFS),
    st.builds("as {} {{ spawn c; getppid }}".format, REFS),
    st.builds("as {}".format, REFS),
    st.builds("{} exit".format, REFS.filter(lambda ref: ref != ":")),  # which is no word here
    st.builds("setpgid {} {}".format, PIDS, PIDS),
    st.builds("nsenter -t {} -p getpid".format, PIDS),
    st.builds("wait {}".format, PIDS),
    st.builds('echo "web tree {}" > /proc/container'.format, PIDS),
    st.builds("echo {} {}".format, WORDS, WORDS),
    st.builds("clone2 --set-tid {} --name n".format, PIDS),
)
SCRIPTS = st.lists(COMMANDS, max_size=12).map("\n".join)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SCRIPTS, st.sampled_from(["all", "franke-2005", "mainline"]))
def test_a_script_of_real_commands_breaks_nothing(script: str, profile: str) -> None:
    session = Session(profile, keep=False, keep_going=True, paranoid=True, max_steps=20_000)
    for line in script.splitlines():
        session.submit(line)
    assert session.prompt()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="spawn as{}()|&;<>$`'\"\\#:=!\n \t0123456789-./expect kill", max_size=60))
@example("as as as")
@example("{{{{{{")
@example("$(" * 50)
def test_a_script_of_anything_is_performed_or_refused_with_a_place(text: str) -> None:
    session = Session(keep=False, max_steps=2_000)
    refusal = None
    try:
        session.run(text)
    except SyntaxProblem as problem:
        refusal = problem
    if refusal is not None:
        assert refusal.diagnostic.line >= 1
        assert refusal.diagnostic.column >= 1
        assert str(refusal).startswith("error[NSH-E")


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        ["container", "self/comm", "sys/kernel/ns_last_pid", "sys/kernel/hostname", "lies"]
    ),
    st.one_of(
        st.binary(max_size=80),
        st.text(alphabet="web tree group 0123456789-:\n", max_size=20).map(str.encode),
    ),
)
def test_anything_written_to_proc_is_taken_or_refused(name: str, data: bytes) -> None:
    opened = perform(boot(), INIT, Open(f"/proc/{name}", int(OpenFlag.O_WRONLY)))
    if isinstance(opened.reply, Failure):
        return
    assert isinstance(opened.reply, int)
    written = perform(opened.machine, INIT, Write(opened.reply, data))
    if isinstance(written.reply, Failure):
        assert written.machine == opened.machine
        assert written.reply.reason
    closed = perform(written.machine, INIT, Close(opened.reply))
    assert not violations(closed.machine)
