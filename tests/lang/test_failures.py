"""What happens when something goes wrong: messages, statuses, bounds, expectations."""

from __future__ import annotations

import pytest
from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import Close, Pipe, Write
from nsh.abi.process import Fork, Wait4, WaitResult
from nsh.abi.signals import SigDelivery, Sigreturn
from nsh.lang import stepper
from nsh.lang.actions import Expected, Finished, PureBudget
from nsh.lang.compiler import compile_script
from nsh.lang.live import LIVE, ReplayError
from nsh.lang.parser import parse
from nsh.lang.plumbing import children
from nsh.lang.run import Refused
from nsh.machine.program import Frame, Program, Scope, Site
from tests.lang.fake import Kernel
from tests.lang.fake_commands import COMMANDS

MESSAGES = {
    "fail EPERM 'init has a say'": "nsh: fail: Operation not permitted (EPERM): init has a say\n",
    "cat /none": "nsh: cat: No such file or directory (ENOENT)\n",
    "echo > /nowhere/f": "nsh: /nowhere/f: No such file or directory (ENOENT)\n",
    "echo 2>&7": "nsh: descriptor 7: Bad file descriptor (EBADF)\n",
    "ecko hi": "nsh: ecko: command not found; did you mean `echo`?\n",
    "time ps": "nsh: time: command not found; time is the machine's own and passes only while all "
    "wait: `date`, `uptime`\n",
    "w": "nsh: w: command not found; `ps -e` shows what runs\n",
    "x=wéb; spawn $x": "nsh: 'wéb' cannot be a label: it has ASCII letters, digits and "
    "`_.+-`, and begins with a letter or `_`\n",
    "swapn w { echo }": "nsh: swapn: command not found; did you mean `spawn`?\n",
    "xyzzy": "nsh: xyzzy: command not found\n",
    "x+=1": "nsh: x+=1: command not found; write NAME=${NAME}MORE, or NAME=$((NAME + 1))\n",
    "ifconfig lo": "nsh: ifconfig: command not found; `ip addr` and `ip link` serve\n",
    "read -p x": "nsh: read: there is no option -p; printf shows a prompt\n",
    "x = 1": (
        "nsh: x: command not found; an assignment has no blanks around `=`, and `==` compares\n"
    ),
    "xyzzy in a": "nsh: xyzzy: command not found; were it a task: `in` cannot stand here\n",
    "xyzzy echo a": "nsh: xyzzy: command not found\n",
    "web:7": "nsh: web:7: command not found; `as web:7` goes to that task\n",
    "web:7 echo a": "nsh: web:7: No such process (ESRCH): nobody\n",
    "as nobody echo a": "nsh: nobody: No such process (ESRCH): nobody\n",
    "as nobody": "nsh: as: nobody: No such process (ESRCH): nobody\n",
    "/bin/ls": "nsh: /bin/ls: command not found; commands are called by name alone\n",
    "x=spawn; $x w": "nsh: spawn: command not found; a word of the language cannot come out of a "
    "variable\n",
    "echo hi { echo }": "nsh: echo: takes no block; put a brace in quotes to mean itself\n",
    "X=1 web:1 echo": "nsh: web:1: an assignment stands only in front of a command\n",
    "x=a; echo $((x + 1))": "nsh: x is no number: 'a'\n",
    "echo $((1 / 0))": "nsh: division by zero\n",
    "n=many; repeat $n { echo }": "nsh: repeat: 'many' is no number of times\n",
    "def f(a, b) { echo }; f 1": "nsh: f: it takes a, b; 1 given\n",
    "def f() { echo }; f 1": "nsh: f: it takes no arguments; 1 given\n",
    "def f() { f }; f": "nsh: f: functions call each other more than 200 deep\n",
    "return a": "nsh: return: 'a' is no status\n",
    "x=--pidd; spawn $x w": "nsh: spawn has no option --pidd\n",
    "x=FOO; trap $x { echo }": "nsh: there is no signal called FOO\n",
    "trap KILL { echo }": "nsh: trap: Invalid argument (EINVAL): SIGKILL cannot be handled\n",
    "profile none": "nsh: profile: Invalid argument (EINVAL): no profile none\n",
    "policy a b c": "nsh: policy wants a NAME and a VALUE; without a VALUE it tells it\n",
    "profile a b": "nsh: profile wants one NAME; alone it tells the one there is\n",
    "read 1": "nsh: read: '1' is no variable's name\n",
    "(exec nothing)": "nsh: exec: No such file or directory (ENOENT): there is no command called "
    "nothing\n",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_a_failure_says_why_and_stops_the_script(text: str) -> None:
    kernel = Kernel().run(text + "\necho no")
    assert kernel.errors == MESSAGES[text]
    assert "no\n" not in kernel.out.removeprefix(kernel.errors)
    assert kernel.finished is not None
    assert kernel.finished.failed


COMMAND_ALONE = [
    text
    for text in MESSAGES
    if not any(mark in text for mark in (";", "{", "exec", "return", "$(("))
]


@pytest.mark.parametrize("text", COMMAND_ALONE)
def test_a_tested_failure_says_the_same_and_stops_nothing(text: str) -> None:
    kernel = Kernel().run(f"{text} || echo $?")
    assert kernel.errors == MESSAGES[text]
    assert kernel.out.splitlines()[-1] in ("1", "2", "127")


def test_what_exec_cannot_execute_has_the_status_of_what_is_not_found() -> None:
    kernel = Kernel().run("exec nothing || echo $?; ( exec nothing ) || echo $?")
    assert kernel.out.replace(MESSAGES["(exec nothing)"], "") == "127\n127\n"


def test_descriptors_are_put_back_when_a_redirection_fails() -> None:
    kernel = Kernel().run("echo a > f > /nowhere/f || echo b; cat f")
    assert kernel.out == kernel.errors + "b\n"
    assert set(kernel.tasks[1].fds) == {0, 1, 2}


def test_a_pipeline_that_cannot_be_made_is_cleaned_up() -> None:
    """The second fork fails: the pipe is closed, the first child waited for."""
    work = children(3, piped=True)
    assert work.send(None) == Pipe()
    assert work.send((3, 4)) == Fork()
    assert work.send(7) == Close(4)
    assert work.send(0) == Pipe()
    assert work.send((4, 5)) == Fork()
    assert work.throw(Errno.EAGAIN("too many")) == Close(4)
    assert work.send(0) == Close(5)
    assert work.send(0) == Close(3)
    assert work.send(0) == Wait4(7)
    assert work.throw(Errno.EINTR()) == Wait4(7)
    with pytest.raises(Refused, match="too many") as told:
        work.send(WaitResult(7, 0))
    assert (told.value.name, told.value.error.errno) == ("fork", Errno.EAGAIN)


def test_nothing_is_left_open() -> None:
    kernel = Kernel().run("{ echo a | cat } > f 2>&1; x=$(echo $(cat f)); (echo b); echo $x")
    assert set(kernel.tasks[1].fds) == {0, 1, 2}
    assert kernel.out == "b\na\n"


@pytest.mark.parametrize(
    ("text", "ok", "detail"),
    [
        ("expect 1 == 01", True, ""),
        ("expect a == b", False, "`a` == `b` does not hold"),
        ("x='a b'; expect $x == 'a b'", True, ""),
        ("expect $(echo 3) > 2", True, ""),
        ("expect true", True, ""),
        ("expect ! status 3", True, ""),
        ("expect status 3", False, "its status is 3"),
        ("expect { true; status 4 }", False, "its status is 4"),
        ('expect { echo a b } prints "a b"', True, ""),
        ("expect { echo abc } prints b", True, ""),
        ("expect { true } prints ''", True, ""),
        ("expect { echo a } prints ''", False, "it printed:\na"),
        ("expect { true } prints a", False, "it printed nothing"),
        ("expect { echo a; status 3; echo b } prints a", True, ""),
        ("expect { echo a1; echo b22 } matches /^b\\d+$/", True, ""),
        ("expect { echo a/b } matches /a\\/b/", True, ""),
        ("r='('; expect { echo } matches $r", False, "'(' is no regex: missing ), unterminated "
         "subpattern at position 0"),
        ("expect { fail EPERM } fails EPERM", True, ""),
        ("expect { fail EPERM } fails", True, ""),
        ("expect { cat /none } fails EPERM", False, "it failed with ENOENT"),
        ("expect { true } fails EPERM", False, "it did not fail"),
        ("expect { status 2 } fails", True, ""),
        ("expect { status 2 } fails EPERM", False,
         "it failed with status 2, but no system call was refused"),
        ("fail EIO || true; expect { status 2 } fails EIO", False,
         "it failed with status 2, but no system call was refused"),
        ("spawn w; expect { as w fail EACCES } fails EACCES", True, ""),
    ],
)  # fmt: skip
def test_expectations(text: str, ok: bool, detail: str) -> None:
    kernel = Kernel().run(text + "\necho goes on")
    assert kernel.expected == [(ok, detail)]
    assert kernel.out.endswith("goes on\n")


def test_an_expectation_names_its_place() -> None:
    text = "echo a\nif true { expect 1 == 2 }"
    code = compile_script(parse(text, "demo"))[1]
    assert code is not None
    program = Program((Frame(code),))
    while True:
        program, asked = stepper.step(program, COMMANDS)
        if isinstance(asked, Expected):
            break
        program = stepper.resume(program, 0)
    assert text[asked.span.start : asked.span.end] == asked.text == "expect 1 == 2"


def test_an_endless_loop_gives_way() -> None:
    code = compile_script(parse("while 1 == 1 { x=a }"))[0]
    assert code is not None
    program = Program((Frame(code),))
    for _ in range(3):
        program, asked = stepper.step(program, COMMANDS)
        assert asked == PureBudget(stepper.BUDGET)


def test_output_and_words_are_bounded() -> None:
    kernel = Kernel().run("x=1234567890; repeat 17 { x=$x$x }; y=$(echo $x; echo $x); echo no")
    assert kernel.errors == "nsh: a word is longer than 1048576 characters\n"
    kernel = Kernel().run("x=1234567890; repeat 16 { x=$x$x }; y=$(repeat 2 { echo $x }); echo no")
    assert kernel.errors == "nsh: the output of $( ) is longer than 1048576 bytes\n"
    assert set(kernel.tasks[1].fds) == {0, 1, 2}


def test_stepping_is_repeatable() -> None:
    """A program may be resumed any number of times, with the same or with other replies."""
    code = compile_script(parse("if fork { echo child } else { echo parent }"))[0]
    assert code is not None
    asking, asked = stepper.step(Program((Frame(code),)), COMMANDS)
    assert stepper.step(asking, COMMANDS) == (asking, asked)
    wanted = {0: b"child\n", 5: b"parent\n", 6: b"parent\n"}
    for pid in (5, 0, 6, 0, 5):
        _, written = stepper.step(stepper.resume(asking, pid), COMMANDS)
        assert getattr(written, "data", b"") == wanted[pid]


def test_a_finished_program_stays_finished() -> None:
    code = compile_script(parse("status 3"))[0]
    assert code is not None
    program, asked = stepper.step(Program((Frame(code),)), COMMANDS)
    assert asked == Finished(3, True, trail=(Site("-c", 1, "status 3"),))
    assert stepper.step(program, COMMANDS) == (program, asked)


def test_a_trap_needs_no_program_around_it() -> None:
    """A puppet that waits to be told what to do handles signals all the same."""
    info = SigDelivery(10, 0, 7, 0, 0, 0, 0, 0, "{ echo $SIGNAL $SI_PID $x }", 3)
    scope = Scope(Map(x="kept"), status=4)
    program, asked = stepper.step(stepper.deliver(Program(scope=scope), info), COMMANDS)
    assert asked == Write(1, b"USR1 7 kept\n")
    program, asked = stepper.step(stepper.resume(program, 12), COMMANDS)
    assert asked == Sigreturn(3)
    program, asked = stepper.step(stepper.resume(program, 0), COMMANDS)
    assert asked == Finished(4, False)
    assert program.scope == scope


def test_a_command_with_a_memory_of_its_own_is_found_out() -> None:
    code = compile_script(parse("echo a"))[0]
    assert code is not None
    program, _ = stepper.step(Program((Frame(code),)), COMMANDS)
    LIVE.clear()
    forged = replace(program, asked=Write(1, b"b\n"), reply=2)
    with pytest.raises(ReplayError, match="echo asks"):
        stepper.step(forged, COMMANDS)
