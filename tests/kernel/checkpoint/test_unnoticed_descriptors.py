"""Locks, terminals and descriptors without a path: nobody notices of them either that they go
through an image."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._unnoticed import check

PROGRAMS = {
    "locks": """
        open -c /tmp/t; setlk write 3 0 10
        spawn a {
            exec 3<&-; open /tmp/t; setlk --wait write 3 5 1; echo a >> /tmp/log; sleep 1
            exec 3<&-; exit
        }
        spawn b {
            sleep 0.5; exec 3<&-; open /tmp/t; setlk read 3 20; setlk --wait read 3 5 3
            echo b >> /tmp/log; exit
        }
        sleep 2; setlk read 3 0 3; setlk unlock 3 5 5; wait a; wait b
        open -c /tmp/f; flock 4; spawn c { open /tmp/f; flock -w 5 5; echo c $? >> /tmp/log; exit }
        sleep 1; flock -u 4; wait c; cat /proc/locks | wc -l >> /tmp/log
    """,
    "descriptors of processes": """
        spawn kid { sleep 2; exit 4 }; pidfd open kid; pidfd open 1
        pidfd poll --timeout 1 3 >> /tmp/log || echo $? >> /tmp/log
        pidfd poll 3 >> /tmp/log; waitpid -P 3 >> /tmp/log
        pidfd signal 3 USR1 || echo $? >> /tmp/log
        cat /proc/self/ns/uts >> /tmp/log || echo $? >> /tmp/log
        exec 5< /proc/1/ns/uts; hostname other; nsenter --uts=/proc/1/fd/5 hostname >> /tmp/log
    """,
    "files without a name": """
        mkdir -p /tmp/d; exec 5> /tmp/d/x; exec 6< /tmp/d/x; rm /tmp/d/x
        for n in 1 2 3 4 { echo $n >&5; sleep 0.3; read line <&6; echo got $line >> /tmp/log }
        readlink /proc/1/fd/5 >> /tmp/log; stat -L -c %h /proc/1/fd/6 >> /tmp/log
    """,
    "a terminal and its jobs": """
        openpty -m >> /tmp/log; trap HUP {}
        spawn shell {
            exec 3<&-; setsid; exec < /dev/pts/0 > /dev/pts/0
            spawn job { setpgid 0 0; sleep 0.5; read word; echo job $word >> /tmp/log; exit }
            sleep 0.2; read line; echo shell $line >> /tmp/log
            tcsetpgrp job; kill -CONT job; wait job; echo $? >> /tmp/log
            sleep 1; exit
        }
        sleep 1; echo one >&3; sleep 1; echo two >&3; sleep 1; wait shell
        head -c 10 <&3 >> /tmp/log
    """,
    "much through a terminal": """
        openpty; stty -F /dev/pts/0 raw -echo; seq 3000 > /tmp/much
        spawn writer { cat /tmp/much >&4; exit }
        sleep 0.2; head -c 5000 <&3 | tail -n 2 >> /tmp/log
        head -c 8893 <&3 | tail -n 2 >> /tmp/log
        wait writer; spawn typist { head -c 9000 /tmp/much >&3; exit }
        sleep 0.2; head -c 9000 <&4 | tail -n 2 >> /tmp/log; wait typist
    """,
    "who shares descriptors": """
        clone2 -n kid FILES FS; spawn --thread t { sleep 1; exec 7< /etc/passwd; cd /etc; sleep 9 }
        sleep 2; readlink /proc/1/fd/7 >> /tmp/log; pwd >> /tmp/log
        readlink /proc/$(ps -o pid= -C kid)/cwd >> /tmp/log
    """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_container_does_not_notice(program: str) -> None:
    check(program)
