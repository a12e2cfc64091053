"""N9: a shell on a console: what is typed there is performed there, ^C ends it, `as` may cut in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import nsh
from nsh.machine.consoles import Consoles
from nsh.machine.printed import since
from nsh.machine.store import dump, load
from nsh.machine.terminals import Terminal
from nsh.session.history import Step
from nsh.session.session import Session


@pytest.fixture
def session() -> Session:
    made = nsh.boot(paranoid=True)
    made.run("spawn --tty --pid --uts web { hostname web; getty -a root console }")
    return made


def screen(session: Session, number: int = 0) -> str:
    """What web's console has shown."""
    space = session.machine.items(Consoles)[-1][1]
    terminal = session.machine.get(Terminal, space.terminals[number])
    return since(terminal.printed, 0).decode().replace("\r\n", "\n")


def typed(session: Session, text: str) -> str:
    """What web's console shows once *text* is typed there."""
    before = len(screen(session))
    result = session.run(f"type web:console '{text}'")
    assert result.ok, result.stderr
    assert result.output == "", "nobody outside sees it"
    return screen(session)[before:]


def test_it_performs_what_is_typed(session):
    assert screen(session) == "# "
    assert typed(session, r"echo $USER $HOME $SHELL $$\n") == (
        "echo $USER $HOME $SHELL $$\nroot /root /bin/nsh 1\n# "
    )
    assert typed(session, r"hostname; pwd\n").endswith("web\n/root\n# ")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("false", ""),
        ("nosuch", "nsh: nosuch: command not found; did you mean `touch`?\n"),
        ("kill 99", "nsh: kill: No such process (ESRCH): pid 99 is not visible in pid namespace"),
        ("true )", "error[NSH-E0209]: nothing is open here that this could close\n"),
        ("", ""),
        ("   # a comment", ""),
    ],
)
def test_a_line_that_fails_is_the_end_of_that_line_alone(session, line, shown):
    told = typed(session, line + r"\n").removeprefix(line + "\n")
    assert told.startswith(shown)
    assert told.endswith("# ")
    assert typed(session, r"echo $?\n").startswith("echo $?\n")
    assert session.run("expect { ps -o comm= -p 2 } prints nsh").ok


def test_variables_functions_and_the_status_last(session):
    typed(session, r"x=3; def f(a) { return $((a + x)) }\n")
    typed(session, r"f 4 || true; f 4\n")
    assert typed(session, r"echo $? $x\n") == "echo $? $x\n7 3\n# "


def test_interrupting_what_is_performed(session):
    typed(session, r"cd /; { sleep 100; echo no } > /tmp/f\n")
    assert typed(session, "^C") == "^C\n# "
    assert typed(session, r"echo $?\n") == "echo $?\n130\n# ", "and the redirection is undone"
    typed(session, "half a line")
    assert typed(session, "^C") == "^C\n# "
    assert typed(session, r"echo whole\n").endswith("whole\n# ")


def test_children_are_interrupted_as_any(session):
    typed(session, r"( sleep 100 )\n")
    assert session.run("expect { pgrep -c -P 2 } prints 1").ok
    typed(session, "^C")
    assert session.run("pgrep -P 2 || true").stdout == ""
    assert typed(session, r"echo $?\n").endswith("130\n# ")


def test_a_command_that_reads_gets_the_next_line(session):
    typed(session, r"read a b; echo $b $a\n")
    assert typed(session, r"one two\n") == "one two\ntwo one\n# "


def test_the_end_of_input_ends_the_session(session):
    session.run("as web spawn --uts other { getty -a root tty1 }")
    before = screen(session, 1)
    session.run("type web:tty1 '^D'")
    assert screen(session, 1) == before + "exit\n"
    assert session.run("ps -o stat=,comm= -p 3").stdout == "Zs   nsh\n"
    typed(session, "^D")
    assert session.run("wait web").ok
    assert session.machine.count(Consoles) == 1


def test_it_can_be_told_meanwhile(session):
    """As any puppet that waits to be told: it is not stuck in the read(2) of its prompt."""
    result = session.run("as web { hostname; tty }; as web:1 getpid > /tmp/pid; cat /tmp/pid")
    assert result.ok
    assert result.stdout == "1\n", "the others were printed on its own terminal"
    assert screen(session).endswith("# web\n/dev/console\n")
    assert typed(session, r"echo on\n") == "echo on\non\n# "


def test_the_prompt_can_go_there(session):
    session.run("as web:1")
    assert session.prompt() == "web:1 nsh # "
    assert session.run("hostname; getpid").stdout == "web\n1\n"
    session.type(b"echo typed at web\n")
    session.run("")
    assert "typed at web\n# " in screen(session)
    session.run("as 0:1")
    assert session.run("hostname").stdout == "nsh\n"


def test_one_that_performs_something_is_busy(session):
    typed(session, r"sleep 100\n")
    assert "EBUSY" in session.run("as web getpid").stderr


def test_a_shell_on_a_pipe_reads_no_more_than_it_needs():
    session = nsh.boot(paranoid=True)
    assert session.run("printf 'read x\\nhello\\necho $x\\n' | nsh").stdout == "hello\n"
    assert session.run("echo 'exit 5' | nsh || echo $?").stdout == "5\n"
    assert session.run("nsh < /dev/null").output == ""


# ---- scripts


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("nsh -c 'echo a; echo b'", "a\nb\n"),
        ("nsh -c 'false; echo no' || echo $?", "1\n"),
        ("nsh -c 'if true { echo a\n}\n\nexit 3' || echo $?", "a\n3\n"),
        ("nsh -c '' && echo fine", "fine\n"),
        ("nsh -c 'x=1; cd /tmp; echo $$'; echo \"[$x] $(pwd)\"", "2\n[] /\n"),
        ("A=b nsh -c 'echo $A'; echo [$A]", "b\n[]\n"),
        ("exec nsh -c 'echo $$; exit 0'", "1\n"),
        ("nsh -c 'echo out; ls /nope' > f 2>&1 || wc -l < f", "2\n"),
        ("nsh -c 'read x; cat' < /dev/null || echo $?", "1\n"),
        ("printf 'a\nb\n' | nsh -c 'read x; echo [$x]; cat'", "[a]\nb\n"),
        ("echo 'echo $0' > s; nsh s || true", ""),
        ("echo 'echo from a file; exit 4' > s; nsh s || echo $?", "from a file\n4\n"),
        ("echo 'echo hi' | nsh -", "hi\n"),
        ("nsh -c 'nsh -c \"nsh -c ps\"' | grep -c nsh", "3\n"),
        ("nsh -c 'sleep 9 & echo $!' && wait || true", "3\n"),
        ("timeout 2 nsh -c 'sleep 9' || echo $?", "124\n"),
    ],
)
def test_a_script_is_a_program_of_its_own(line, shown):
    assert nsh.boot(paranoid=True).run(line).stdout == shown


@pytest.mark.parametrize(
    ("line", "status", "why"),
    [
        ("nsh -c 'echo ('", 2, "--> -c:1:6"),
        ("echo 'echo (' > s; nsh s", 2, "--> s:1:6"),
        ("nsh nope", 127, "there is no nope in /"),
        ("nsh /", 127, "EISDIR"),
        ("nsh -c", 2, "wants one CODE"),
        ("nsh -c a b", 2, "wants one CODE"),
        ("nsh -x", 2, "no option -x"),
        ("nsh s a", 2, "takes no arguments"),
        ("unshare bash", 127, "`nsh` is the shell here"),
        ("timeout 3 lss", 127, "did you mean 'lsns'?"),
    ],
)
def test_a_script_that_cannot_be_performed(line, status, why):
    result = nsh.boot().run(f"{line} || echo $?")
    assert result.stdout == f"{status}\n"
    assert why in result.stderr


def test_interrupting_a_script_leaves_the_shell_around_it():
    session = nsh.boot(paranoid=True)
    session.run("spawn --tty --pid --uts web { hostname web; getty -a root console }")
    typed(session, r'nsh -c "sleep 100; echo no"\n')
    assert typed(session, "^C") == "^C\n# "
    assert typed(session, r"echo $? $$\n").endswith("130 1\n# ")


def until_awaiting(session: Session, steps: Iterator[Step]) -> str:
    shown = ""
    for step in steps:
        shown += "".join(output.text for output in step.output)
        if session.awaiting:
            break
    return shown


def test_an_interactive_shell_in_a_new_namespace_outlives_interrupts():
    session = Session(attended=True, paranoid=True)
    steps = session.performing("unshare --pid --fork --mount-proc nsh || echo left")
    assert until_awaiting(session, steps) == "# "
    for _time in range(2):
        session.type(b"ps -o pid,comm\n")
        assert until_awaiting(session, steps).endswith("    1 nsh\n# ")
        shown = session.interrupt()
        assert session.busy
        assert "given up" not in shown.output
        session.type(b"sleep 100\n")
        for _step in range(8):
            next(steps)
        shown = session.interrupt()
        assert (shown.output + until_awaiting(session, steps)).endswith("\n# ")
        assert session.busy
    session.type(b"\x04")
    assert until_awaiting(session, steps).endswith("exit\nleft\n")
    assert not session.busy


def test_two_interrupts_with_nothing_typed_between_give_it_up():
    session = Session(attended=True, paranoid=True)
    steps = session.performing("nsh")
    until_awaiting(session, steps)
    session.interrupt()
    assert session.busy
    session.interrupt()
    assert not session.busy


def test_it_survives_storing(session):
    typed(session, r"x=4\n")
    again = Session(machine=load(dump(session.machine)), paranoid=True)
    assert typed(again, r"echo $x\n") == "echo $x\n4\n# "
    typed(again, r"sleep 100\n")
    once_more = Session(machine=load(dump(again.machine)), paranoid=True)
    assert typed(once_more, "^C") == "^C\n# "


# ---- getty and login ----


def gettys(lines: str) -> tuple[Session, str]:
    session = nsh.boot(paranoid=True)
    session.run("spawn --tty --pid --uts web { hostname web }")
    session.run(lines)
    return session, screen(session)


def test_getty_shows_the_issue_and_asks():
    issue = r"printf '%s\n' 'This is \n (\l) \s \r' > /etc/issue; as web { getty console } &"
    assert gettys(issue)[1] == "\nThis is web (console) Linux 6.18.0-nsh\nweb login: "
    assert gettys("as web { getty console } &")[1] == "\nweb login: "
    assert gettys("as web { getty -N console } &")[1] == "web login: "
    assert gettys("as web { getty -a root console } &")[1] == "# "


def test_getty_asks_until_it_is_told():
    session, _ = gettys("as web { getty console } &")
    assert typed(session, r"\n") == "\nweb login: "
    assert typed(session, r"root\n") == "root\n# "
    assert session.run("ps -o sid=,pgid=,tty=,comm=,args= -p 2").stdout.split() == [
        "2", "2", "console", "nsh", "-nsh"
    ]  # fmt: skip


def test_a_getty_that_nobody_answers_ends():
    session, _ = gettys("as web { getty console } &")
    typed(session, "^D")
    assert session.run("ps -o comm= -p 2").stdout == "web\n", "it is idle again"


def test_login_refuses_after_three_times():
    session, _ = gettys("echo 'root:sesame:::::::' > /etc/shadow; as web { getty console } &")
    assert typed(session, r"root\n") == "root\nPassword: "
    assert typed(session, r"wrong\n") == "\n\nLogin incorrect\nweb login: ", "and shows no echo"
    assert typed(session, r"nobody.else\n") == "nobody.else\nPassword: ", "as to everybody"
    assert typed(session, r"x\n") == "\n\nLogin incorrect\nweb login: "
    typed(session, r"root\n")
    assert typed(session, r"sesame\n") == "\n# "


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("root", "This account is currently not available.\n"),
        ("home", 'Logging in with home = "/".\n# '),
    ],
)
def test_who_cannot_be_logged_in(name, said):
    passwd = (
        r"root:::0:/root:/sbin/nologin\nroot::0:0::/root:/sbin/nologin\n"
        r"home::0:0::/nowhere:/bin/nsh\nnobody::65534:0::/:/bin/nsh\n"
    )
    session, _ = gettys(f"printf '{passwd}' > /etc/passwd; as web spawn g {{ getty console }}")
    assert typed(session, name + r"\n").endswith(said)


def test_login_makes_its_caller_the_user():
    session, _ = gettys(
        r"printf 'ada:::\nada::1000:1000::/tmp:/bin/nsh\n' > /etc/passwd; "
        r"printf 'ada:x:1000:\nwheel:x:10:ada\n' > /etc/group; "
        "as web spawn g { getty console }"
    )
    assert typed(session, r"ada\n").endswith("$ ")
    assert typed(session, r"id; pwd\n").endswith(
        "uid=1000(ada) gid=1000(ada) groups=1000(ada),10(wheel)\n/tmp\n$ "
    )
    assert "Permission denied" in typed(session, r"touch /etc/x\n")
    assert session.run("as web stat -c '%u %g' /dev/console").stdout == "1000 5\n"


def test_login_of_somebody_else_takes_the_capability():
    session = nsh.boot(paranoid=True)
    session.run("spawn w; w setuid 1000")
    session.run(r"printf 'ada::1001:1001::/tmp:/bin/nsh\n' > /etc/passwd")
    assert "EPERM" in session.run("as w spawn x { login -f ada }").stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("getty nosuch", "nsh: getty: No such file or directory (ENOENT)"),
        ("getty null", "nsh: getty: /dev/null: not a tty"),
        ("getty /etc/passwd", "nsh: getty: /etc/passwd: not a character device"),
        ("getty", "nsh: getty: missing operand"),
    ],
)
def test_getty_refuses(line, said):
    session = nsh.boot(paranoid=True)
    assert session.run(f"spawn g {{ {line} }}").stderr.startswith(said)


def test_getty_steals_the_line_as_agetty_does():
    session = nsh.boot(paranoid=True)
    session.run("spawn --tty web { spawn old { getty -a root tty1 } }")
    session.run("as web { spawn new { getty -a root tty1 } }")
    assert session.run("consoles -r -n -o sid,command").stdout.splitlines()[1:] == ["4 nsh"]
