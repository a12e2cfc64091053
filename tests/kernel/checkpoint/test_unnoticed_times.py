"""Timers, clocks, vfork and SIGIO: nobody notices of them either that they go through an image."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._unnoticed import check

PROGRAMS = {
    "timers": """
        trap USR1 { echo tick >> /tmp/log }; trap --restart USR2 { echo tock >> /tmp/log }
        timer create -c monotonic -s USR1; timer create -s USR2 -c boottime -v 7; timer create
        timer settime 0 0.7 0.5; timer settime 1 1.2; timer delete 2
        for n in 1 2 3 4 { sleep 0.6; date +%s.%N | cut -c 1-12 >> /tmp/log }
        timer settime 0 0; timer create >> /tmp/log; sleep 2; timer settime 1 1 >> /tmp/log; sleep 2
    """,
    "what timers have missed": """
        trap USR1 { timer overrun 0 >> /tmp/log }; timer create -c monotonic -s USR1
        sigprocmask -b USR1; timer settime 0 0.3 0.2; sleep 1; sigprocmask -u USR1
        timer settime 0 0; sigprocmask -b USR1; timer settime 0 0.1; sleep 1; timer settime 0 3
        sigprocmask -u USR1; timer gettime 0 > /tmp/left; cut -c 1 /tmp/left >> /tmp/log
    """,
    "interval timers": """
        trap ALRM { echo alarm >> /tmp/log }; setitimer real 1 0.4; setitimer prof 5
        sleep 3; setitimer real 0; getitimer prof >> /tmp/log; alarm 2; sleep 1
        spawn kid { getitimer real >> /tmp/log; exit }; wait kid; sleep 2; alarm 0 >> /tmp/log
    """,
    "timers of files": """
        timerfd create; timerfd create -c realtime --nonblock; timerfd settime 3 0.5 0.25
        spawn reader { sleep 0.3; timerfd read 3 >> /tmp/log; timerfd settime 4 1; exit }
        wait reader; sleep 1.1; timerfd read 3 >> /tmp/log; timerfd read 3 >> /tmp/log
        timerfd read 4 >> /tmp/log || echo again >> /tmp/log; exec 3<&-; timerfd create
        timerfd gettime 3 >> /tmp/log; timerfd settime 3 0.5; timerfd read 3 >> /tmp/log
    """,
    "clocks": """
        unshare --time; echo monotonic 500 0 > /proc/self/timens_offsets; clock > /tmp/mine
        spawn inner {
            clock | cut -c 1-4 >> /tmp/log; clock --until 503; clock | cut -c 1-5 >> /tmp/log
            spawn kid { clock boottime | cut -c 1 >> /tmp/log; exit }; wait kid; exit
        }
        wait inner; clock | cut -c 1-3 >> /tmp/log; clock --until 6; date +%s >> /tmp/log
    """,
    "vfork": """
        spawn slow {
            clone2 -n kid VFORK > /tmp/told; cat /tmp/told >> /tmp/log; exit
        }
        sleep 1; echo before >> /tmp/log; ps -o stat= -C slow >> /tmp/log; kill -TERM kid
        wait slow; echo $? >> /tmp/log
    """,
    "who is told": """
        mkdir -p /tmp/d; mknod /tmp/d/f p; open /tmp/d/f
        spawn told { trap 40 { echo $SI_FD $SI_CODE >> /tmp/log }; while true { sleep 9 } }
        socketpair stream; socketpair dgram
        for fd in 3 4 6 {
            fcntl $fd F_SETSIG 40; fcntl $fd F_SETOWN_EX F_OWNER_PID 2; fcntl $fd F_SETFL O_ASYNC
        }
        sleep 0.5; echo a >&3; sleep 0.5; send 5 b; sleep 0.5; send 7 c; sleep 0.5; exec 5<&-
        sleep 0.5; fcntl 3 F_GETOWN_EX >> /tmp/log; fcntl 6 F_SETOWN 0; send 7 d; kill -9 told
    """,
    "who has logged in": """
        spawn login { echo 7 > /proc/self/loginuid; sleep 2; cat /proc/self/loginuid >> /tmp/log
            spawn shell { sleep 1; cat /proc/self/loginuid >> /tmp/log; exit }; wait shell; exit }
        sleep 1; cat /proc/2/loginuid /proc/self/loginuid >> /tmp/log; wait login
    """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_container_does_not_notice(program: str) -> None:
    check(program)
