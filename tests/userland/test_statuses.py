"""Exit statuses of command lines that are wrong, or ask for what cannot be: as the real tools'."""

import os
import shlex
import shutil
import subprocess

import pytest

from nsh.lang.foreign import _BY_NAME
from nsh.lang.mistakes import BUILTINS, KEYWORDS
from nsh.session import manual
from nsh.session.session import Session
from nsh.userland import ps_layout
from nsh.userland.ps_columns import COLUMNS
from nsh.userland.registry import commands
from tests.userland import _linux

WRONG = """
chmod|chmod 644|chmod zzz /dev/null|chroot|chroot /nonexistent true|chroot / no-such|cp|cp a|cut
cut -f|cut -f 0 x|cut -f1 -c1 x|date x|date -d x|env no-such|env -u|false --nope|findmnt -o NOPE
findmnt a b c|findmnt -R /nonexistent|flock|flock -c|flock -w|flock -E 300 /tmp true|flock abc
flock -w abc /tmp true|flock -w -1 /tmp true|flock /nonexistent/x true|grep|grep x /nonexistent
head -n x|hostname --nope|domainname --nope|id no-such-user|ip|ip help|ip nope|ip link help
ip link nope|ip addr help|ip route help|ip route nope|ip netns help|ip netns nope|ip netns exec
ip netns add|ip netns del|ip link set|ip link del|ip addr add|ip addr add 1.2.3.4|ip -Z
ipcrm -q x|kill|kill -NOPE 1|ln|ls --nope|ls --color=nope|ls /nonexistent|lsns -t nope|mkdir
mkdir /proc/x/y|mkfifo|mknod x|mountpoint|mountpoint /nonexistent|mv a|nsenter -t abc true
nsenter -t 99999999 -u true|pgrep (|pgrep -P x sh|pgrep a b|pkill -NOPE x|printf|printf --nope
printf -x|printf -- -x|printf %d x|ps -p|pwd x|readlink /nonexistent|rm|rmdir /nonexistent|seq a
setpriv|setpriv true|setpriv --dump x|setpriv --reuid nobody-such true
setpriv --reuid=1 --ruid=2 true|setpriv --groups= true|setpriv --securebits nope true
setpriv --init-groups --reuid 12345 id
setsid no-such|sleep|sleep abc|sort -k x /dev/null|ss --nope|stat|stat /nonexistent|tail -n x
tee /nonexistent/x|test 1 =|timeout|timeout 1|timeout abc true|touch|tr|tr a|true --nope
true --help x|umount|uname x|uniq a b c|unshare --nope|unshare no-such|xargs -Z|yes -Z
wc /nonexistent
"""


@pytest.mark.parametrize("line", WRONG.strip().replace("\n", "|").split("|"))
def test_the_status_is_the_real_tools(line: str) -> None:
    argv = shlex.split(line.replace("(", "'('"))
    path = shutil.which(argv[0])
    if path is None:
        pytest.skip(f"no {argv[0]} here")
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    real = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environ, timeout=20
    )
    assert _linux.run(*argv).status == real.returncode, real.stderr


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("flock 99", 65, "99: Bad file descriptor"),
        ("flock -n 99", 65, "99: Bad file descriptor"),
        ("flock /tmp/lk no-such", 69, "failed to execute no-such"),
        ("flock -F /tmp/lk no-such", 69, "failed to execute no-such"),
        ("flock /tmp/lk sleep 9 & sleep 1; flock -n /tmp/lk true", 1, ""),
        ("flock /tmp/lk sleep 9 & sleep 1; flock -E 7 -w 1 /tmp/lk true", 7, ""),
        ("setpriv --nnp no-such", 127, "failed to execute no-such"),
        ("setpriv --reuid 1 --clear-groups setpriv --reuid 0 true", 127, "Operation not permitted"),
        ("setpriv --reuid 1 --clear-groups setpriv --clear-groups true", 127, "not permitted"),
        ("setpriv --reuid 1 --clear-groups setpriv --securebits +noroot true", 127, "permitted"),
        ("ip link set nope up", 1, 'Cannot find device "nope"'),
        ("ip link show nope", 1, 'Device "nope" does not exist'),
        ("ip route del 9.9.9.9", 2, "No such process"),
        ("ip netns exec nope true", 255, "Cannot open network namespace"),
        ("ip -n nope link show", 255, 'open network namespace "nope": No such file'),
        ("ip netns add a; ip -n a link nope", 255, 'Command "nope" is unknown'),
        (
            "mkdir /run/netns; touch /run/netns/x; ip -n x link",
            *(255, 'setting the network namespace "x" failed: Invalid argument'),
        ),
        ("ip lnik", 1, "try \"ip help\"; did you mean 'link'?"),
        ("ip link sett", 255, "try \"ip link help\"; did you mean 'set'?"),
    ],
)
def test_where_the_kernel_has_a_say(line: str, status: int, said: str) -> None:
    """Tried with the real tools; these make locks, links and users, so the model has them."""
    result = Session().run(f"{line} || exit $?")
    assert said in result.stderr
    assert Session().submit(line).status == status


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("sh", "`nsh` is the shell"),
        ("set", "as under `set -e`"),
        ("source", "`nsh FILE`"),
        ("alias", "write a function"),
        ("jobs", "there are no jobs"),
        ("docker", "`spawn --pid"),
        ("sudo", "init is root here: leave it away"),
        ("su", "`setpriv --reuid`"),
        ("newuidmap", "> /proc/PID/uid_map"),
        ("debootstrap", "chroot DIR"),
        ("iptables", "no packet filters"),
        ("lsof", "/proc/PID/fd"),
        ("expr", "$((2 * 3))"),
        ("watch", "sleep 2"),
        ("x++", "`x=$((x + 1))`"),
        ("crontab", "`spawn NAME"),
    ],
)
def test_what_serves_instead_is_told(word: str, remedy: str) -> None:
    result = Session().run(f"{word} x")
    assert result.stderr.startswith(f"nsh: {word}: command not found; ")
    assert remedy in result.stderr
    assert remedy in manual.suggestion([word])


@pytest.mark.parametrize(
    "line", ["cat /proc/*/nothing", "stat /proc/self/ns/x*", "ls /proc/[0-9]*x"]
)
def test_a_pattern_that_is_left_as_it_is_has_matched_nothing(line: str) -> None:
    assert "; no file's name matches it" in Session().run(line).stderr


def test_a_bracket_alone_is_no_pattern() -> None:
    assert "matches" not in Session().run("ls '/proc/[1'").stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ps -o pid,cmm", "specifier \"cmm\"; did you mean 'comm'?"),
        ("ps -o zzz", 'specifier "zzz"; some are pid, ppid, '),
        ("ps --sort -pidd", "unknown sort specifier; did you mean 'pid'?"),
        ("lsns -o nproc", "unknown column: nproc; did you mean 'NPROCS'?"),
    ],
)
def test_of_a_column_that_is_not_there_it_is_told_which_are(line: str, told: str) -> None:
    assert told in Session().run(line).stderr


def test_the_columns_that_are_named_are_there() -> None:
    assert set(ps_layout.SOME.split(", ")) <= COLUMNS.keys()


def test_a_task_may_be_called_like_a_foreign_command() -> None:
    assert Session().run("spawn find; find getpid").stdout == "2\n"


def test_no_remedy_is_for_what_there_is() -> None:
    assert not {*commands.names(), *BUILTINS, *KEYWORDS} & _BY_NAME.keys()


@pytest.mark.parametrize(
    "script",
    [
        "umask 27; umask; umask -S; umask -p",
        "umask u=rwx,g=,o=; umask",
        "umask 22; umask g+w; umask",
        "umask 0777; umask a+r; umask; umask -pS",
        "umask -S 77",
        "umask 8 || echo bad",
        "umask 12345 || echo bad",
        "umask zz || echo bad; umask 3; umask",
    ],
)
def test_umask_is_as_bash_has_it(script: str) -> None:
    bash = subprocess.run(
        ["bash", "-c", f"umask 22; {script}"], capture_output=True, text=True, check=False
    )
    assert Session().run(script).stdout == bash.stdout
