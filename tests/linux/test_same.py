"""Scripts that say the same on the model and on Linux."""

from __future__ import annotations

import pytest

from tests.linux import _both

pytestmark = pytest.mark.usefixtures("stage")

SCRIPTS = {
    "a handler runs, and what it interrupted goes on": (
        'trap USR1 { echo "got $SIGNAL from $SI_PID" }; kill -USR1 $$; echo after'
    ),
    "a handler runs while another task performs something": (
        "trap USR1 { echo got; sleep 0.1; echo slept }; spawn w; w kill -USR1 1; echo after"
    ),
    "a handler has the same task perform something more": (
        "trap USR1 { as w echo second; echo handled }; spawn w; "
        "w { kill -USR1 1; sleep 0.1; echo first }; echo end"
    ),
    "a handler has another task perform something meanwhile": (
        "trap USR1 { as b { sleep 0.2; echo b }; echo handled }; spawn a; spawn b; "
        "a { kill -USR1 1; echo a }; echo end"
    ),
    "a handler interrupts a wait": (
        "spawn w { spawn c { sleep 100 }; trap USR1 { echo got }; wait; echo no }; "
        "kill -USR1 w; ps -o stat= -p w"
    ),
    "who is in a great many groups": (
        "spawn w; w setgroups $(seq 1 20000); w id -G | wc -w; ps -o pid,stat -p w"
    ),
    "a handler comes after vfork": (
        "spawn v; v trap USR1 { echo got }; v clone2 -n h VFORK & kill -USR1 v; "
        "ps -o stat= -p v; h exit; echo end"
    ),
    "SA_RESTART": (
        "spawn w { trap --restart USR1 { echo got }; sleep 0.2; exit 4 }; kill -USR1 w; wait w"
    ),
    "SIGCHLD and wait": (
        "spawn w { trap CHLD { echo chld $SI_STATUS }; spawn c { exit 7 }; wait || true; "
        "echo waited }; ps -o stat= -p w"
    ),
    "ignored and default": (
        "trap INT ignore; kill -INT $$; trap INT default; kill -INT $$; echo alive"
    ),
    "stop and continue": (
        "spawn w; kill -STOP w; ps -o stat=,comm= -p w; kill -CONT w; ps -o stat=,comm= -p w"
    ),
    "killed by": "spawn w; kill -SEGV w; wait w || echo $?",
    "SIGPIPE ends the writer": "seq 1 100000 | head -3",
    "a pipe's readers and writers wait": "seq 1 20000 | wc -l",
    "a loop in a pipeline": 'seq 1 3 | while true { read x || exit 0; echo "x=$x" }',
    "fork": 'if fork { echo child; exit 3 } else { wait $! || echo "parent $?" }',
    "a fifo": "mkfifo /tmp/p; spawn r { cat /tmp/p; exit 0 }; echo through > /tmp/p; wait r",
    "time passes": "sleep 0.1 & wait; echo done",
    "who acts is dead": "spawn w\nas w\nexit 7\nas init\nps -o stat=,comm=\nas w\necho $?",
    "nobody acts": "spawn w\nas w\nexit 7\necho no",
    "setpgid after execve": "spawn a { exec sleep 100 }; setpgid a",
    "setsid": "spawn s; s setsid; s tcgetpgrp || true; ps -o pid,pgid,sid,comm",
    "the foreground": "tcgetpgrp; spawn a; setpgid a; ps -o pid,pgid,tpgid,comm",
    "as lends what was redirected": (
        "spawn w; w echo lent > /tmp/y; cat /tmp/y; x=$(w echo caught); echo $x; ls /proc/2/fd"
    ),
    "numbers across a border": (
        "spawn --pid a; spawn --pid b; a:1 spawn x; b:1 kill 2 || true; "
        "a:1 ps -e -o pid,ppid,comm; ps -o pid,ppid,comm"
    ),
    "unshare": "unshare --pid --fork --mount-proc ps -o pid,ppid,comm",
    "an init dies": (
        "unshare --pid; spawn a; spawn b; a getpid; b getpid; a exit 0; spawn c || true"
    ),
    "names": "hostname x; hostname; unshare --uts hostname y; hostname",
    "mounts": (
        "mount -t tmpfs t /mnt; echo x > /mnt/f; spawn --mount m; m umount /mnt; ls /mnt; m ls /mnt"
    ),
    "orphans": "spawn p { spawn c { sleep 100 }; exit 0 }; wait p; ps -o ppid=,comm= -p c",
    "a subreaper": "subreaper on; spawn p { spawn c; exit 0 }; wait p; ps -o ppid=,comm= -p c",
    "threads": (
        "spawn t; t { spawn --thread t2; spawn --thread t3 }; ps -e -L -o pid,tid,nlwp,comm; "
        "t2 gettid; t2 getpid; t3 exit; ps -e -L -o pid,tid,nlwp,comm"
    ),
    "a leader ends before its threads": (
        "spawn t; t { spawn --thread t2 }; t exit; ps -e -L -o pid=,tid=,stat=,comm="
    ),
    "a thread's execve": "spawn t; t { spawn --thread t2 }; t2 exec echo hi; ps -o pid,comm",
    "a wanted pid": "spawn --set-tid 77 w; echo $!; spawn --set-tid 77 v || true",
    "a removed directory": "mkdir /tmp/d; cd /tmp/d; rmdir /tmp/d; pwd || true",
    "errnos": "kill 4242 || true; wait 99 || true; umount /no || true; cat /no || true; mkdir /tmp",
    "init's exit": "exit 3",
    "pids rise": "repeat 20 { spawn x { exit 0 }; wait x }; echo $!",
    "who is nobody": "as nobody echo hi || true; spawn a; spawn a",
    "the same status": (
        "grep -E '^(Name|Umask|Tgid|Pid|PPid|NS|Threads|Sig[BIC]|ShdPnd)' /proc/self/status"
    ),
    "nobody is left to wake it": "spawn r; wait r",
    "labels after a thread's execve": (
        "spawn t; t { spawn --thread t2 }; t2 exec true; waitpid --nohang t"
    ),
    "exec": "echo a > /tmp/q; spawn w { exec cat < /tmp/q }; wait w; exec echo end",
    "variables become the environment": "x=1; spawn w { y=2; exec env }; wait w",
    "who shares descriptors executes something behind": (
        "if clone2 FILES { exec true } else { echo parent } & sleep 0.2; ps -o pid=,comm="
    ),
    "who shares descriptors has another executed": (
        "clone2 FILES -n w; w exec true & sleep 0.2; ls /proc/self/fd"
    ),
    "descriptors of an executed command": "spawn w { exec ls /proc/self/fd }; wait w",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_says_the_same(script: str) -> None:
    assert _both.on_linux(script) == _both.on_model(script)
