"""Random scripts that mix mechanisms: mounts, user namespaces and credentials, ways of entering,
ipc, files and locks, settings, signals.

What is peculiar to one of them other programs look for; these look for what one does to another.
They are held against Linux as ``nsh compare`` does it.
"""

from __future__ import annotations

import random

from tests.conformance._scripts import commands, filled

SHORTEST, LONGEST = 16, 36
BEGINNING = (
    "mount -t tmpfs t /tmp; mkdir -p /tmp/a/b /tmp/c /tmp/m /p",
    "echo text > /tmp/f; echo more > /tmp/a/g; echo deep > /tmp/a/b/h",
    "shmget -c 7 4096; semget -c 7 2; msgget -c 7; msgsnd 0 first",
    "spawn a; a spawn b; open /tmp/f; a open /tmp/f",
)
CHOICES = {
    "who": ("", "", "", "a ", "a ", "a ", "b ", "b ", "c ", "d "),
    "dir": ("/tmp/a", "/tmp/a", "/tmp/a/b", "/tmp/c", "/tmp/m", "/tmp", "/tmp/none"),
    "file": (
        *("/tmp/f", "/tmp/f", "/tmp/f", "/tmp/a/g", "/tmp/a/b/h"),
        *("/tmp/c/n", "/tmp/m/n", "/tmp/l", "g"),
    ),
    "path": (
        *("{dir}", "{file}", "{file}", "{file}", "{file}"),
        *("/proc/self/ns/{kind}", "/proc/self/fd/{fd}"),
    ),
    "fd": ("3", "3", "3", "4", "5"),
    "kind": ("mnt", "uts", "ipc", "net", "user", "pid", "time", "cgroup", "pid_for_children"),
    "new": (
        *("m", "m", "u", "i", "n", "p", "U", "U", "T", "C"),
        *("Um", "Ur", "Urm", "Uim", "Urn", "Urp"),
    ),
    "birth": ("-m", "-u", "-i", "--net", "-p", "-U", "-T", "-Um", "-Ui", "-Up", "-pm --mount-proc"),
    "number": ("1", "2", "2", "3", "3", "4", "5", "6"),
    "id": ("0", "0", "1", "1000", "1000", "65534", "-1", "4294967294"),
    "spread": (
        *("private", "shared", "slave", "unbindable"),
        *("rprivate", "rshared", "rslave", "runbindable"),
    ),
    "flags": (
        *("ro", "rw", "nosuid", "nodev", "noexec", "noatime", "relatime", "strictatime"),
        *("nodiratime", "nosymfollow", "ro,noexec", "nosuid,nodev"),
    ),
    "mode": ("0", "400", "600", "644", "700", "755", "777", "1777", "4755", "2755"),
    "what": ("status", "ns", "ns/{kind}", "fd", "fd/{fd}", "root", "comm", "net", "task"),
    "key": ("0", "7", "7", "7", "9", "0x6e736801"),
    "ipc": ("0", "0", "0", "0", "1", "32768"),
    "signal": ("0", "0", "KILL", "CONT"),
    "cap": ("all", "none", "chown,kill", "sys_admin", "setuid,setgid", "dac_override", "ipc_owner"),
    "sets": ("e", "e", "p", "i"),
    "part": ("", "0 4", "2 2", "0 1", "4 0"),
    "map": ("0 0 1", "0 1000 1", "1000 0 1", "0 0 4294967295", "0 0 1000", "1 1 5", "5 0 1"),
}
"""What stands for a word in braces; it may have such words itself."""
COMMANDS = {
    "mounts": """
        mount -t tmpfs t {dir}
        mount -t tmpfs -o {flags} t {dir}
        mount -t proc p /p
        umount /p
        mount -t mqueue q {dir}
        mount -t devpts -o newinstance d {dir}
        mount --bind {path} {path}
        mount --bind {dir} {dir}
        mount --rbind {dir} {dir}
        mount --move {dir} {dir}
        mount --make-{spread} {dir}
        mount -o remount,{flags} {dir}
        mount -o remount,bind,{flags} {dir}
        umount {path}
        umount -l {dir}
        umount -R {dir}
        findmnt -lR -n -o TARGET,SOURCE,FSTYPE,OPTIONS,PROPAGATION /tmp
        mountpoint {path}
        """,
    "users": """
        setuid {id}
        setgid {id}
        setresuid {id} {id} {id}
        setfsuid {id}
        setgroups {id} {id}
        capset -{sets} {cap}
        echo {map} > /proc/{number}/uid_map
        echo {map} > /proc/{number}/gid_map
        echo deny > /proc/{number}/setgroups
        prctl keepcaps 1
        prctl dumpable {number}
        setpriv --reuid {id} id
        id
        grep -E '^(Uid|Gid|Groups|Cap|NoNew)' /proc/{number}/status
        """,
    "ways": """
        unshare -{new}
        unshare -{new} id
        unshare -{new}f getpid
        spawn {birth} c
        spawn d
        spawn --thread t
        nsenter -t {number} -{new} id
        nsenter -t {number} -a id
        nsenter -t {number} -{new}
        setns /proc/{number}/ns/{kind}
        setns {file}
        open -m r /proc/{number}/ns/{kind}
        readlink /proc/{number}/ns/{kind}
        exit
        wait
        """,
    "ipc": """
        shmget -c {key} 4096
        shmget {key}
        shmat {ipc}
        shmdt 0
        semget -c {key} 2
        semop -n {ipc} 0:+1
        semop -n -u {ipc} 0:-1
        semctl {ipc} getall
        msgget -c {key}
        msgsnd -n {ipc} text
        msgrcv -n {ipc}
        ipcrm -m {ipc}
        ipcrm -q {ipc}
        ipcrm -s {ipc}
        mq_open -c -n /q{number}
        mq_unlink /q{number}
        ipcs
        cat /proc/sysvipc/shm
        """,
    "files": """
        open -c {file}
        open -m r {path}
        exec 5< {path}
        echo word > {file}
        cat {path}
        chmod {mode} {path}
        chown {id}:{id} {path}
        ln {file} {file}
        ln -s {path} /tmp/l
        mv {path} {path}
        rm -f {file}
        rmdir {dir}
        mkdir {dir}/n
        cd {dir}
        pwd
        ls -ln {dir}
        stat -c %a:%u:%g:%h {path}
        touch {file}
        flock -n {fd}
        flock -u {fd}
        setlk write {fd} {part}
        setlk read {fd} {part}
        setlk --ofd write {fd} {part}
        setlk unlock {fd} {part}
        getlk write {fd} {part}
        test -w {path}
        test -x {path}
        umask 0
        """,
    "descriptors": """
        socketpair dgram
        socketpair stream
        send -n -f {fd} {fd} word
        recv -n -f 1 {fd}
        recv -n {fd}
        pidfd open {number}
        pidfd getfd {fd} {fd}
        pidfd signal {fd} {signal}
        setns -P {fd} {kind}
        setns -P {fd} uts,ipc
        setns -P {fd} user,mnt
        setns /proc/self/fd/{fd}
        ioctl {fd} NS_GET_USERNS
        ioctl {fd} NS_GET_PARENT
        ioctl {fd} NS_GET_OWNER_UID
        readlink /proc/{number}/fd/{fd}
        exec {fd}<&-
        exec {fd}< {path}
        fcntl {fd} F_GETFL
        poll -t 0 {fd}
        setcap cap_setuid,cap_kill=ep {file}
        getcap {file}
        {file}
        """,
    "proc": """
        cat /proc/{number}/status
        cat /proc/{number}/stat
        cat /proc/{number}/uid_map
        cat /proc/{number}/setgroups
        cat /proc/{number}/cmdline
        cat /proc/{number}/fdinfo/{fd}
        cat /proc/{number}/comm
        cat /proc/{number}/net/unix
        ls /proc/{number}/task
        ls -l /proc/{number}/ns
        ls -ln /proc/{number}/fd
        stat -c %a:%u:%g /proc/{number}/{what}
        readlink /proc/{number}/root
        readlink /proc/{number}/cwd
        echo name > /proc/{number}/comm
        ps -eo pid,ppid,user,uid,gid,stat,comm
        ps -eo pid,ruser,euser,fuser,pidns,userns,mntns
        pstree -p
        pgrep -u {id}
        """,
    "signals": """
        kill -{signal} {number}
        setsid
        setpgid 0 0
        sigprocmask --block USR1
        sigpending
        prctl pdeathsig 15
        """,
    "settings": """
        hostname n{number}
        hostname
        cat /proc/{number}/timens_offsets
        echo monotonic {number} 0 > /proc/self/timens_offsets
        ip -o link
        ip link set lo up
        """,
}
WEIGHTS = {
    "mounts": 6,
    "users": 4,
    "ways": 6,
    "ipc": 3,
    "files": 6,
    "descriptors": 4,
    "proc": 3,
    "signals": 1,
    "settings": 2,
}


def script(seed: int) -> str:
    """The script of *seed*: what fails in it, it goes on from."""
    chance = random.Random(seed)
    count = chance.randint(SHORTEST, LONGEST)
    topics = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)
    lines = [*BEGINNING]
    for topic in topics:
        command = chance.choice(commands(COMMANDS[topic]))
        lines.append(f"{chance.choice(CHOICES['who'])}{filled(chance, command, CHOICES)} || true")
    return "\n".join(lines) + "\n"
