"""Whoever is checkpointed, killed and restarted between any two of its steps does what it would
have done anyway (S3: "the container should continue execution without noticing it")."""

from __future__ import annotations

import pytest

from tests.kernel.checkpoint._unnoticed import check

PROGRAMS = {
    "loops and variables": "for x in a b { echo $x $$ >> /tmp/log; y=$y$x }; echo $y >> /tmp/log",
    "functions and blocks": """
        def twice(word) { echo $word >> /tmp/log; if test $word = on { false } else { true } }
        twice on || twice off; echo $? >> /tmp/log
    """,
    "sleeping": "date +%s >> /tmp/log; sleep 3; date +%s >> /tmp/log; sleep 0.5; date >> /tmp/log",
    "children": """
        spawn kid { sleep 1; exit 3 }; spawn other { exit 4 }
        wait kid; echo $? >> /tmp/log; wait other; echo $? >> /tmp/log
    """,
    "a zombie": """
        spawn dead { exit 5 }; sleep 1; echo waits >> /tmp/log; sleep 1; wait dead
        echo $? >> /tmp/log
    """,
    "many zombies": """
        for n in 1 2 3 4 5 6 7 8 9 { { exit $n } & }
        sleep 1; for n in 1 2 3 4 5 6 7 8 9 { waitpid >> /tmp/log }
    """,
    "a pipeline": "seq 4 | while read x { echo $x; sleep 0.1 } | sed 's/^/got /' >> /tmp/log",
    "a full pipe": """
        yes | head -c 100000 | { sleep 1; wc -c } >> /tmp/log
    """,
    "signals": """
        trap USR1 { echo $SIGNAL $SI_PID >> /tmp/log }; trap --restart USR2 { echo two >> /tmp/log }
        spawn kid { sleep 1; kill -USR1 1; kill -USR2 1; sleep 1; kill -USR1 1; exit }
        wait kid; sleep 2; echo done >> /tmp/log
    """,
    "sessions and groups": """
        spawn lead { setsid; spawn member { sleep 3 }; exit }
        wait lead; spawn own { setpgid 0 0; sleep 3; exit }; sleep 1
        for who in 3 own { getpgid $who >> /tmp/log; getsid $who >> /tmp/log }
        getpgid >> /tmp/log; kill -9 3; sleep 3; wait own; echo $? >> /tmp/log
    """,
    "who is stopped": """
        spawn kid { while true { sleep 0.5; echo tick >> /tmp/log } }
        sleep 1; kill -STOP kid; sleep 1; waitpid --untraced 2 >> /tmp/log; kill -CONT kid
        sleep 1; kill kid
        wait kid; echo $? >> /tmp/log
    """,
    "files and places": """
        mkdir -p /tmp/d; cd /tmp/d; umask 027; seq 3 > six; exec 5> /tmp/d/five; exec 6< six
        echo one >&5; read line <&6; echo $line >> /tmp/log; echo two >&5
        read line <&6; echo $line >> /tmp/log; pwd >> /tmp/log; umask >> /tmp/log
        exec 5>&-; cat five >> /tmp/log
    """,
    "a fifo": """
        mkdir -p /tmp/d; mknod /tmp/d/fifo p; spawn writer { exec 7> /tmp/d/fifo; echo a >&7
            sleep 1; echo b >&7; exit }
        while read x { echo $x >> /tmp/log } < /tmp/d/fifo; wait; echo $? >> /tmp/log
    """,
    "a server": """
        spawn server { socket unix stream; bind 3 @s; listen 3 1
            for i in 1 2 { accept -a 3; recv 4 >> /tmp/log; send 4 back$i
                recv 4 || echo end >> /tmp/log; exec 4>&- }
            exit }
        sleep 1
        for i in 1 2 { socket unix stream; connect 3 @s; send 3 to$i; recv 3 >> /tmp/log
            getsockopt 3 peercred >> /tmp/log; exec 3>&-; sleep 1 }
        wait; socket unix stream; connect 3 @s || echo gone >> /tmp/log
    """,
    "files over a socket": """
        mkdir -p /tmp/d; seq 3 > /tmp/d/f; socketpair seqpacket; setsockopt 4 passcred 1
        exec 5< /tmp/d/f; send 3 one -f 5 -f 3; exec 5>&-
        spawn child { send 3 two; exit 4 }; wait child
        recv -c -f 2 4 >> /tmp/log; read line <&5; echo $line >> /tmp/log; send 6 three
        recv -c 4 >> /tmp/log; recv -c 4 >> /tmp/log
    """,
    "the network": """
        spawn --net server { ip link set lo up; nc -l 80 > /tmp/d1 & nc -l -u 53 > /tmp/d2 &
            sleep 1; seq 9 | nc -N 127.0.0.1 80; echo query | nc -u -w 1 127.0.0.1 53
            ip link add v0 type veth peer v1; ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
            ip link set v1 up; sleep 1; ip -br addr >> /tmp/log; ip route >> /tmp/log
            ss -tan >> /tmp/log; exit }
        wait server; cat /tmp/d1 /tmp/d2 >> /tmp/log
    """,
    "the network around it": """
        ip link set lo up
        spawn server { socket inet stream; bind 3 127.0.0.1:80; listen 3 0; sleep 2
            for fd in 4 5 6 { accept 3; recv $fd >> /tmp/log }
            seq 40000 > /tmp/much; cat /tmp/much >&6; exit }
        sleep 1
        def ask(word) { socket inet stream; connect 3 127.0.0.1:80; send 3 $word; sleep 1 }
        spawn first { ask one; exit }; spawn second { ask two; exit }; sleep 0.5
        spawn third { ask three; cat <&3 | wc -l >> /tmp/log; exit }
        wait; echo done >> /tmp/log
    """,
    "full sockets": """
        socketpair stream; seq 90000 > /tmp/much; spawn writer { cat /tmp/much >&3; exit }
        sleep 1; spawn reader { exec 3>&-; wc -c <&4 >> /tmp/log; exit }
        wait writer; exec 3>&-; wait reader; socket unix dgram; bind 3 @d
        spawn many { for i in $(seq 15) { socket unix dgram; send 5 $i -t @d; exec 5>&- }; exit }
        sleep 1; for i in $(seq 15) { recv 3 >> /tmp/log; sleep 0.1 }; wait
    """,
    "whether a pipe has hung up": """
        def look(fd) { poll -t 0 $fd >> /tmp/log || echo no >> /tmp/log }
        mkdir -p /tmp/d; mknod /tmp/d/f p; open -m r --nonblock /tmp/d/f; look 3
        true | { sleep 1; look 0; look 3 }
        echo one > /tmp/d/f; read x <&3; sleep 1; look 3
        open -m r --nonblock /tmp/d/f; sleep 1; look 3; look 4
    """,
    "users": """
        mkdir -p /tmp/d; chmod 777 /tmp/d
        spawn nobody { setgid 99; setuid 99; id > /tmp/d/out; sleep 1; id -u >> /tmp/d/out; exit }
        wait nobody; cat /tmp/d/out >> /tmp/log; setpriv -d >> /tmp/log
    """,
    "names": "hostname one; sleep 1; hostname >> /tmp/log; hostname two; uname -n >> /tmp/log",
    "threads": """
        spawn --thread t { sleep 1; echo thread $(getpid) >> /tmp/log }
        sleep 2; ls /proc/self/task >> /tmp/log
    """,
    "messages": """
        msgget -c 7; for n in 1 2 { { msgrcv -t $n 0 | sed "s/^/$n got /" >> /tmp/log; exit } & }
        msgsnd -t 2 0 two; msgsnd -t 9 0 nine; msgsnd 0 one; wait; msgrcv 0 >> /tmp/log
        ipcs -q >> /tmp/log; ipcrm -q 0; msgget -c 7 >> /tmp/log; msgsnd 0 late 2>> /tmp/log
    """,
    "semaphores": """
        semget -c 7 2; { semop -u 0 0:+2; sleep 1; exit } &
        for n in 1 2 3 { { semop 0 0:-1 && echo $n through >> /tmp/log; exit } & }
        semop 0 0:0; semop 0 1:+3; sleep 2; semop 0 0:+1; wait; semctl 0 getall >> /tmp/log
        semctl 0 getpid 0 >> /tmp/log; semctl 0 getpid 1 >> /tmp/log; ipcs -s -t >> /tmp/log
    """,
    "shared memory": """
        shmget -c 7 9000; shmat 0; spawn kid { sleep 1; poke 0 kid; shmget -c private 1; exit }
        poke 0 me; peek 0 >> /tmp/log; wait kid; peek 0 >> /tmp/log; ipcrm -m 0; ipcs -m >> /tmp/log
        shmdt 0; ipcs -m >> /tmp/log
    """,
    "queues of POSIX": """
        mq_open -c --maxmsg=1 --msgsize=9 /q; trap USR1 { echo told >> /tmp/log }; mq_notify 3
        { sleep 1; mq_send -p 4 3 four; mq_send -p 2 3 two; mq_send 3 none; exit } &
        sleep 2; mq_receive 3 >> /tmp/log; mq_receive 3 >> /tmp/log; mq_receive 3 >> /tmp/log
        mq_unlink /q; mq_getattr 3 >> /tmp/log; wait; mq_open /q 2>> /tmp/log
    """,
    "a subreaper": """
        prctl subreaper; spawn kid { spawn grandkid { sleep 1; exit 6 }; exit }
        wait kid; sleep 2; waitpid >> /tmp/log; pidof grandkid || echo gone >> /tmp/log
    """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_container_does_not_notice(program: str) -> None:
    check(program)
