"""Terminals of a container's own: pseudo terminals, consoles, sessions and jobs on them."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._scripts import damaged, perform, refused

SAVE = "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w"


def test_a_shell_on_its_own_console_goes_on() -> None:
    perform(
        """
        spawn --tty --pid --uts web { hostname web; spawn getty { getty console }; sleep 1000 }
        """,
        "sleep 1; type web:console 'ro'",
        SAVE,
        "expect { consoles -r -n -o console,command web } prints 'console getty'",
        "type web:console 'ot\\n'",
        SAVE,
        "type web:console 'hostname > /tmp/seen; tty >> /tmp/seen; getppid >> /tmp/seen\\n'",
        "expect { cat /tmp/seen } matches /^web\\n\\/dev\\/console\\n1$/",
        "type web:console 'sleep 1000\\n'",
        SAVE,
        "expect { ps -o wchan= -C nsh } matches /hrtimer_nanosleep/",
        "type web:console '^C'; type web:console 'echo still here > /tmp/seen\\n'",
        "expect { cat /tmp/seen } prints 'still here'",
        "type web:console '^D'; expect { consoles -r -n -o command web } prints '-'",
        "expect { consoles -r -n -o command $$ } matches /init/",
    )


def test_whose_console_a_descriptor_is_stays_so() -> None:
    """Web's init has the console of the machine; what it opens is that of its own namespace."""
    perform(
        """
        spawn --tty --pid web {
            exec 5> /dev/console; exec 6> /dev/tty1; sleep 5; echo own >&5; echo first >&6
            sleep 100
        }
        sleep 1
        """,
        SAVE,
        "sleep 5; ckptinfo -i /tmp/w > /tmp/told",
        "expect $(grep -c consolefile /tmp/told) == 1; expect $(grep -c ttyfile /tmp/told) == 2",
        'expect { checkpoint web } matches /"console":0}\\n{"object":"terminal.*b3duDQo/',
    )


PTY = """
    spawn --pid web {
        openpty; stty -F /dev/pts/0 -echo rows 33 cols 77; openpty -n -l
        chmod 622 /dev/pts/0; echo shown >&4; echo typed >&3; printf half >&3
        sleep 5; stty -F /dev/pts/0 -a > /tmp/out; cat <&4 > /tmp/read &
        sleep 1; echo line >&3; printf '\\004' >&3; cat <&3 > /tmp/shown &
        sleep 1; stat -c %a /dev/pts/0 > /tmp/mode; ls /dev/pts > /tmp/ls
        if cat < /dev/pts/1 { echo opened > /tmp/mode }
        sleep 100
    }
    sleep 1
"""


def test_a_pair_with_what_is_in_it() -> None:
    perform(
        PTY,
        SAVE,
        "expect { lsptys } matches /pts *0 root crw--w--w-/",
        "expect { lsptys } matches /pts *1 root/",
        "sleep 8",
        "expect { cat /tmp/out } matches /rows 33; columns 77/",
        "expect { cat /tmp/out } matches /-echo /",
        "expect { cat /tmp/read } matches /^typed\\nhalfline$/",
        "expect { cat /tmp/shown } matches /^shown\\r?$/; expect { cat /tmp/mode } prints 622",
    )


def test_its_number_is_demanded() -> None:
    perform(
        PTY,
        "checkpoint -o /tmp/w web",
        refused("restart -n two -i /tmp/w", "EBUSY", "line [0-9]+: pty: pts.0 is another pseudo"),
        "checkpoint -k -o /tmp/w web; wait web || true",
        damaged('"index":0', '"index":-1', "pty: index: -1"),
        damaged('"ptmx":"/dev/ptmx"', '"ptmx":"/dev/null"', "pty: ptmx: .dev.null makes no"),
        damaged('"canon":6', '"canon":60', "terminal: terminal 1: pts.0 has 10 bytes ready"),
        damaged('"terminal":1', '"terminal":2', "ttyfile: path: .dev.pts.0 is another"),
        damaged('"object":"masterfile","number":4', '"object":"odd"', "odd"),
        damaged('"pty":2', '"pty":1', "masterfile: pty: 1 has a master before"),
        "restart -i /tmp/w",
    )


def test_who_is_in_front_and_who_is_stopped() -> None:
    perform(
        """
        spawn --pid web {
            openpty -m; spawn shell {
                setsid; exec < /dev/pts/0
                spawn front { setpgid 0 0; sleep 100 }
                spawn back { setpgid 0 0; sleep 0.1; cat > /tmp/got; sleep 100 }
                trap TTOU {}; trap INT { echo int > /tmp/int }
                sleep 100
            }
            sleep 1; sleep 100
        }
        sleep 2
        """,
        SAVE,
        "expect { ps -o tty= -C shell } prints pts/0",
        "expect { ps -o stat= -C back } matches /T/",
        "expect { ps -o stat= -C shell } matches /s\\+/",
    )


def test_a_write_in_the_middle_goes_on() -> None:
    perform(
        """
        spawn --pid web {
            openpty; stty -F /dev/pts/0 raw; seq 5000 > /tmp/much; cat /tmp/much >&4 &
            sleep 3; head -c 23893 <&3 > /tmp/read; sleep 100
        }
        sleep 1
        """,
        "expect { ps -o wchan= -C cat } matches /./",
        SAVE,
        "expect $(ckptinfo -i /tmp/w | grep -c halfway) == 1",
        'sleep 5; expect { cat /tmp/read } prints "$(cat /tmp/much)"',
    )


def test_a_read_in_the_middle_goes_on() -> None:
    perform(
        """
        spawn --pid web {
            openpty; stty -F /dev/pts/0 raw -echo min 6 time 0
            head -c 6 <&4 > /tmp/read &
            sleep 0.5; printf abc >&3; sleep 3; printf defg >&3; sleep 100
        }
        sleep 1
        """,
        SAVE,
        "sleep 5; expect { cat /tmp/read } prints abcdef",
    )


def test_packet_mode_and_what_it_has_to_tell() -> None:
    perform(
        """
        spawn --pid web {
            openpty; ioctl 3 TIOCPKT 1; printf x >&4; sleep 3; head -c 2 <&3 > /tmp/read; sleep 100
        }
        sleep 1
        """,
        SAVE,
        "sleep 5; expect { wc -c < /tmp/read } prints 2",
    )


@pytest.mark.parametrize(
    ("web", "outside", "reason"),
    [
        ("openpty", "open /dev/pts/0", "pts.0 is a terminal of its own, and open in 0:1 init"),
        ("setsid; exec < /dev/tty1", "true", "session 1 has the terminal tty1, which is outside"),
    ],
)
def test_what_it_shares_with_others_is_in_the_way(web: str, outside: str, reason: str) -> None:
    perform(
        f"spawn --pid web {{ {web}; sleep 100 }}; sleep 1; {outside}",
        refused("checkpoint web", "EBUSY", reason),
    )


def test_a_serial_line_that_is_watched_is_in_the_way() -> None:
    perform(
        "spawn --tty --pid web { echo boot > /dev/ttyS0; sleep 100 }; spawn w { attach web }",
        "sleep 1",
        refused("checkpoint web", "EBUSY", "w, which is outside, has the other end of its serial"),
        "kill w; wait w || true; checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w",
    )


def test_a_slave_without_a_master_stays_hung_up() -> None:
    perform(
        """
        spawn --pid web {
            openpty; spawn shell {
                exec 3<&-; exec 4<&-; trap --restart HUP {}; setsid; exec < /dev/pts/0; sleep 1
                exec 5> /dev/tty
                spawn left { sleep 4; readlink /proc/self/fd/0 > /tmp/out; cat >> /tmp/out
                    echo $? >> /tmp/out; echo x >&5 || echo dead >> /tmp/out; exit }
                sleep 100
            }
            sleep 2; stty -F /dev/pts/0 -echo; exec 3<&-; sleep 100
        }
        sleep 3
        """,
        SAVE,
        "expect $(ckptinfo -i /tmp/w -o pty | grep -c orphan=True) == 1",
        "expect { ls /dev/pts } prints ptmx",
        "sleep 4; cat /tmp/out; expect { sed -n 1p /tmp/out } prints '/dev/pts/0 (deleted)'",
        "expect { sed -n 2,3p /tmp/out } prints '0\ndead'",
        SAVE,
        "spawn other { openpty -n > /tmp/name; sleep 9 }; sleep 1",
        "expect { cat /tmp/name } prints /dev/pts/1",
        "kill -KILL web; wait web || true",
        "expect { ls /dev/pts | grep -v ptmx } prints 1",
        damaged('"orphan":true,', "", "orphan|makes no pseudo"),
        damaged('"ptmx":"/dev/pts"', '"ptmx":"/dev"', "ptmx: no pseudo terminals are at .dev"),
    )


def test_a_job_of_a_session_outside_comes_back_in_the_background() -> None:
    """Its terminal is that of who restarts it, and so is the foreground there."""
    perform(
        """
        spawn shell {
            setsid; openpty -n -c
            spawn --pid web {
                setpgid 0 0; spawn kid { sleep 3; cat /dev/pts/0; sleep 9 }; sleep 100
            }
            tcsetpgrp web; sleep 0.5; checkpoint -k -o /tmp/w web; wait web || true
            restart -i /tmp/w; sleep 100
        }
        sleep 2
        """,
        "expect { ps -o tty= -C web } prints pts/0",
        "expect { ps -o stat= -C kid } prints S",
        "sleep 4",
        "expect { ps -o stat= -C kid } prints T",
    )


def test_a_session_that_lost_its_terminal_still_knows_whom_to_tell() -> None:
    perform(
        """
        spawn --pid web {
            openpty -m; spawn shell {
                exec 3<&-; trap --restart HUP {}; setsid; exec < /dev/pts/0
                spawn front {
                    setpgid 0 0; exec < /dev/null; trap --restart HUP { echo > /tmp/told }
                    sleep 100
                }
                sleep 0.2; tcsetpgrp front; exec < /dev/null; sleep 5; exit
            }
            sleep 0.5; exec 3<&-; sleep 100
        }
        sleep 1
        """,
        SAVE,
        "expect $(ckptinfo -i /tmp/w | grep -c lostforeground) == 1",
        "expect { ls /tmp/told } fails; sleep 5; expect { ls /tmp/told } prints /tmp/told",
        damaged('"pid":2,"pgid":3', '"pid":2,"pgid":9', "pid 9"),
    )


LOG = """
    policy printk isolated
    spawn --tty --pid web { echo one > /dev/kmsg; sleep 3; echo two > /dev/kmsg; sleep 100 }
    sleep 1
"""


def test_its_own_log_of_the_kernel() -> None:
    perform(
        LOG,
        SAVE,
        "sleep 3; nsenter --tty -t web dmesg > /tmp/log; cat /tmp/log",
        "expect $(grep -c one /tmp/log) == 1; expect $(grep -c two /tmp/log) == 1",
    )


OWN = """
    spawn --tty --pid --mount --uts web {
        mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
        mount --bind /dev/pts/ptmx /dev/ptmx; mount -t tmpfs t /mnt
        openpty; spawn shell { setsid; exec < /dev/pts/0; sleep 100 }; exec 5> /mnt/x; rm /mnt/x
        sleep 3; echo line >&3; cat <&4 > /mnt/y & sleep 1; echo seen >&5; sleep 100
    }
    sleep 1
"""


def test_an_instance_of_its_own_beside_the_original() -> None:
    perform(
        OWN,
        "checkpoint -o /tmp/w web; restart -n two -i /tmp/w",
        "expect { ps -o tty= -C shell } prints 'pts/0\npts/0'",
        "sleep 5",
        *(
            f"expect {{ nsenter --mount -t {pid} cat /mnt/y }} prints line"
            for pid in ("$(ps -o pid= -C web | head -n 1)", "$(ps -o pid= -C web | tail -n 1)")
        ),
    )
