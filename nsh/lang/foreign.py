"""What people type who come from a real machine, and what serves here instead."""

from typing import Final

_ANSWERS: Final = {
    "`nsh` is the shell here (`nsh -c CODE`, `nsh FILE`), and `( … )` a subshell": (
        "sh bash dash zsh ksh fish ash busybox"
    ),
    "init is root here: leave it away; `setpriv --reuid` and `setuid` change the user": (
        "sudo doas"
    ),
    "there are no options to set: a script stops at the first failure, as under `set -e`; `trace` "
    "shows calls, `env` the variables": "set setopt shopt",
    "`nsh FILE` performs a script in a child; `source FILE` is a prompt's word": "source",
    "write a function: def NAME(a, b) { … }": "alias unalias",
    "there are no jobs: `ps` shows children, `wait` waits, `kill -CONT` has one go on": (
        "jobs fg bg disown"
    ),
    "`$(( … ))` computes: echo $((2 * 3))": "expr bc dc",
    "`while true { COMMAND; sleep 2 }` serves, and ^C ends it": "watch",
    "functions name their parameters: def f(a, b) { … }": "shift getopts",
    "`nsh -c CODE` performs a text in a child; a `def` or `$( … )` serves": "eval",
    "`help` lists all commands": "?",
    "`help NAME` says what a command is": "which command hash whence man info apropos whatis",
    "a prompt remembers: the Up key, Ctrl-R": "history fc !!",
    "read lines one by one: while read x { … }": "mapfile readarray",
    "`cd` keeps no stack of directories": "pushd popd dirs",
    "`prlimit` shows limits, and `prlimit --sigpending=LIMIT` sets one": "ulimit",
    "all run equally here": "nice renice ionice chrt taskset nproc",
    "`trap HUP ignore` or `setsid COMMAND` serves": "nohup",
    "`pkill -x NAME` or `kill NAME` serves": "killall",
    "`ps -e` shows what runs": "top htop btop atop glances who w users last tload slabtop",
    "write files with echo: echo text > FILE": "vi vim nano emacs ed",
    "what is printed is all there: `head` and `tail` cut it": "less more",
    "`stty sane` makes a terminal usual again; `goto 0`, at a prompt, begins anew": "reset",
    "time is the machine's own and passes only while all wait: `date`, `uptime`": "time",
    "Ctrl-L clears a screen": "clear",
    "`setpriv --reuid`, `setuid` and `login` change the user": "su runuser newgrp sg",
    "users are numbers, and those with names stand in /etc/passwd: `id`, `setpriv --reuid 1000`": (
        "useradd adduser usermod userdel groupadd passwd getent lslogins"
    ),
    "who may map ids writes them: `echo '0 1000 1' > /proc/PID/uid_map`, `unshare --map-users`": (
        "newuidmap newgidmap"
    ),
    "a directory serves as a root: mkdir, `mount -t proc proc DIR/proc`, `chroot DIR`": (
        "debootstrap tar cpio unzip gunzip gzip mkfs losetup"
    ),
    "commands are no files, and need no libraries": "ldd ldconfig file nm objdump",
    "there are no packages: `help` lists all commands": (
        "apt apt-get dnf yum pacman apk pip npm brew snap"
    ),
    "`ip addr` and `ip link` serve": "ifconfig ifup ifdown dhclient",
    "`ip route` serves": "route",
    "`ss` serves": "netstat",
    "`nc` speaks to sockets": "curl wget ssh telnet socat ftp",
    "`cut`, `tr`, `sed` and `grep -o` serve": "awk gawk mawk perl python python3",
    "`ls -R` and `grep -r` go down a tree": "find tree",
    "`grep -E` serves": "egrep",
    "`grep -F` serves": "fgrep",
    "`ls` serves": "dir vdir ll la",
    "`id` serves": "groups logname",
    "`cat /proc/meminfo` tells of memory": "free vmstat",
    "`findmnt` shows what is mounted": "df du lsblk fdisk",
    "`trace COMMAND` shows system calls": "strace ltrace gdb perf bpftrace",
    "containers are made of `spawn --pid --uts … NAME`, `unshare` and `/proc/container`": (
        "docker podman lxc lxc-ls lxc-start lxc-create runc crun nerdctl kubectl "
        "systemd-nspawn machinectl bwrap firejail ctr crictl buildah lxd incus minikube"
    ),
    "`spawn NAME { … }` starts a program": "systemctl service systemd-run daemonize",
    "`dmesg` shows the kernel's log, `echo TEXT > /dev/kmsg` writes to it": "journalctl logger",
    "there are no modules": "modprobe insmod lsmod rmmod",
    "there are no packet filters; without a route nothing passes": (
        "iptables ip6tables nft iptables-save"
    ),
    "there are veth pairs only: `ip link add A type veth peer name B`": "brctl bridge tunctl",
    "packets are not shown; `trace COMMAND` shows calls, `ss` sockets": "tcpdump tshark",
    "`ip link` shows links": "ethtool mii-tool iwconfig",
    "neighbours are not asked for hardware addresses": "arp arping",
    "`ping` and `ip route get ADDRESS` tell whether there is a way": "traceroute tracepath mtr",
    "packets are not queued": "tc",
    "`mount -t cgroup2 none DIR` mounts cgroups: `mkdir` makes one, writing to its files does the "
    "rest": "cgcreate cgexec cgset cgget cgclassify cgdelete",
    "`ls -l /proc/PID/fd` shows open files, `findmnt` mounts, `ss -p` sockets": "lsof lsfd fuser",
    "`readlink /proc/PID/cwd` serves": "pwdx",
    "`getpcaps PID`, `setpriv --dump` and `capset` tell of capabilities": "capsh",
    "`ps -o pid,cgroup` and `cat /proc/PID/cgroup` tell of cgroups, `cat /proc/cgroups` of what "
    "counts": "systemd-cgls systemd-cgtop lscgroup lssubsys cgsnapshot",
    "`cat /proc/PID/statm` serves; what is attached is in `ipcs -m`": "pmap",
    "`ipcs` serves": "lsipc",
    "`waitpid PID` waits for a child, `tail --pid PID -f /dev/null` for anybody": ("pwait pidwait"),
    "`hostname NAME` serves": "hostnamectl",
    "`date` and `uptime` tell the time": "timedatectl cal",
    "`cat /proc/cpuinfo` serves": "lscpu lsmem",
    "`echo $$` and a name of one's own serve": "mktemp uuidgen mcookie",
    "the exit of init ends the machine: `as init exit`": "reboot poweroff halt",
    "`exit` serves": "logout quit",
    "`spawn NAME { sleep 60; … }` does something later": "at crontab cron",
    "a program is a block of this language: `spawn NAME { … }`, `def`": (
        "gcc cc make go cargo rustc node java ruby"
    ),
    "`expect` compares": "diff cmp",
    "`head -c` and `cat` copy bytes": "dd",
}
PROMPT_WORDS: Final = frozenset(
    {
        *("undo", "redo", "steps", "goto", "diff", "changes", "branch", "branches", "explain"),
        *("help", "save", "source", "when", "mark", "marks", "beside", "explore", "quit"),
    }
)
"""What is no command, but understood where somebody types (``nsh.session.words``)."""
_AT_A_PROMPT: Final = "a word of the prompt (`nsh repl`), to be entered by itself"
_WORDS_ALONE: Final = sorted(PROMPT_WORDS - {"help"})
"""`help` is a command as well."""
_BY_NAME: Final = dict.fromkeys(_WORDS_ALONE, _AT_A_PROMPT) | {
    name: text for text, names in _ANSWERS.items() for name in names.split()
}


def remedy(name: str) -> str:
    """What serves instead of the command *name* of real machines; "" if nothing is known."""
    variable, sign = name[:-2], name[-1:]
    if name.endswith(("++", "--")) and variable.isidentifier():
        return f"`{variable}=$(({variable} {sign} 1))` counts"
    return _BY_NAME.get(name, "")
