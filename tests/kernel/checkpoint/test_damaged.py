"""An image that is damaged anywhere makes a sound container, or is refused (C5)."""

from __future__ import annotations

from random import Random

import pytest

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from tests.kernel.checkpoint._damage import Damaged

SCRIPTS = {
    "terminals and files": """
    spawn --tty --pid --mount --uts web {
        mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts; mount -t tmpfs t /mnt
        mount --bind /dev/pts/ptmx /dev/ptmx; openpty; exec 5> /mnt/x; rm /mnt/x; echo hi >&5
        spawn shell {
            setsid; exec < /dev/pts/0; spawn job { setpgid 0 0; sleep 100 }; tcsetpgrp job
            sleep 100
        }
        exec 6< /proc/self/status; exec 7< /proc/self/ns/mnt; open -c /mnt/l; setlk write 8 0 5
        setlk read 8 10 5; flock -s 8; openpty; exec 9<&-; spawn dead { exit 3 }; pidfd open dead
        wait dead; pidfd open shell; clone2 -n kid FILES FS; clone2 -n thread THREAD SIGHAND VM
        mknod /mnt/p p; open /mnt/p; rm /mnt/p; exec 20> /dev/tty1
        spawn getty { setsid; exec < /dev/tty2; seq 3000 >&4; sleep 100 }
        spawn waits { setlk --wait write 8 2 1 }; spawn zombie { exit 1 }; sleep 100
    }
    sleep 2
""",
    "mounts and users": """
    mount --make-shared /; mkdir /tmp/two; mount -t cgroup2 none /tmp/two
    spawn --pid --user --mount --ipc --cgroup --uts web
    echo 0 0 5000 > /proc/2/uid_map; echo 0 0 5000 > /proc/2/gid_map
    as web { mount -t proc proc /proc; mount -t tmpfs -o size=64k,uid=3 data /mnt; mkdir /mnt/d }
    as web { echo hello > /mnt/a; ln /mnt/a /mnt/b; ln -s a /mnt/l; mkfifo /mnt/f; touch /mnt/ns }
    as web { mkdir /mnt/q; mkdir /mnt/pts; mount -t mqueue q /mnt/q; touch /mnt/q/queue }
    as web { mount -t devpts -o newinstance pts /mnt/pts; mount --bind /proc/self/ns/uts /mnt/ns }
    as web { mount --make-shared /mnt; mount --bind /mnt /opt; mount --make-slave /opt; cd /mnt/d }
    as web { exec 5>/mnt/gone; rm /mnt/gone; echo abc >&5 }
    as web spawn --mount inner; as inner mount -t tmpfs own /home; as web spawn --user child
""",
    "networks, ipc and timers": """
    ip link set lo up; echo keep > /tmp/keep; msgget -c 77
    spawn --pid --ipc --net --uts --time web {
        hostname inside; ip link set lo up; ip link add v0 type veth peer v1
        ip addr add 10.0.0.1/24 dev v0
        ip link set v0 up; ip link set v1 up; ip route add 10.9.0.0/16 dev v0
        trap USR1 { echo tick }; timer create -c monotonic -s USR1; timer settime 0 7 5
        timerfd create; timerfd settime 3 3 1; setitimer real 50; alarm 90
        socket inet stream; bind 4 127.0.0.1:80; listen 4 4
        spawn client { socket inet stream; connect 5 127.0.0.1:80; send 5 hello; sleep 100 }
        socketpair seqpacket; setsockopt 6 passcred 1; exec 7< /tmp/keep; send 6 one -f 7
        spawn child { send 5 two; exit 4 }
        socket unix dgram; bind 8 @d; socket unix stream; bind 9 @s; listen 9 3
        msgget -c 7; msgsnd -t 2 0 two; spawn recv { msgrcv -t 5 0 }; semget -c 7 2; semop -u 0 0:+2
        spawn sem { semop 0 1:-1 }
        shmget -c 9 9000; shmat 0; poke 0 hello; mq_open -c /q; mq_send -p 4 10 four; mq_notify 10
        spawn mq { mq_open -c --maxmsg=1 /r; mq_receive 11 }
        spawn stopped { sleep 100 }; kill -STOP stopped; sigprocmask -b USR2; kill -USR2 1
        spawn lead { setsid; spawn member { sleep 300 }; exit }
        spawn vf { clone2 -n kid VFORK }
        echo 5 > /proc/self/loginuid; mkdir -p /tmp/d; mknod /tmp/d/f p; open -c --nonblock /tmp/d/g
        fcntl 6 F_SETSIG 40; fcntl 6 F_SETOWN_EX F_OWNER_PID 1; fcntl 6 F_SETFL O_ASYNC
        yes | head -c 100000 | { sleep 200; wc -c }
    }
    sleep 2
""",
}
MANY = 200


@pytest.fixture(scope="module", params=SCRIPTS)
def damaged(request: pytest.FixtureRequest) -> Damaged:
    return Damaged.by(SCRIPTS[request.param])


def test_it_is_whole_to_begin_with(damaged: Damaged) -> None:
    assert damaged.restart(damaged.image(), steps=50) is None


def test_any_line_may_be_missing_or_doubled(damaged: Damaged) -> None:
    for at, line in enumerate(damaged.lines[1:-1], 1):
        before, after = damaged.lines[:at], damaged.lines[at + 1 :]
        for lines in ([*before, *after], [*before, line, line, *after]):
            damaged.restart(damaged.whole(lines))


def test_anything_may_be_otherwise(damaged: Damaged) -> None:
    random = Random(0)
    told = [damaged.restart(damaged.image(random), steps=9) for _ in range(MANY)]
    refused = [failure for failure in told if isinstance(failure, Failure)]
    assert 0 < len(refused) < MANY


def test_any_byte_may_be_another(damaged: Damaged) -> None:
    random = Random(1)
    image = damaged.image()
    for _ in range(MANY // 4):
        bad = bytearray(image)
        bad[random.randrange(len(bad))] = random.randrange(256)
        damaged.restart(bytes(bad))
        told = damaged.restart(image[: random.randrange(len(image))])
        assert told is not None
        assert told.errno == Errno.EINVAL
