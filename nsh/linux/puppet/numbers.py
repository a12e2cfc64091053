"""System calls by number, and the constants that they take (x86-64: <asm/unistd_64.h>)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


NUMBERS: Final = {
    "read": 0,
    "write": 1,
    "close": 3,
    "lseek": 8,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "ioctl": 16,
    "shmget": 29,
    "shmat": 30,
    "shmctl": 31,
    "dup": 32,
    "pause": 34,
    "nanosleep": 35,
    "getitimer": 36,
    "alarm": 37,
    "setitimer": 38,
    "getpid": 39,
    "socket": 41,
    "connect": 42,
    "sendmsg": 46,
    "recvmsg": 47,
    "shutdown": 48,
    "bind": 49,
    "listen": 50,
    "getsockname": 51,
    "getpeername": 52,
    "socketpair": 53,
    "setsockopt": 54,
    "getsockopt": 55,
    "execve": 59,
    "exit": 60,
    "wait4": 61,
    "kill": 62,
    "uname": 63,
    "semget": 64,
    "semctl": 66,
    "shmdt": 67,
    "msgget": 68,
    "msgsnd": 69,
    "msgrcv": 70,
    "msgctl": 71,
    "fcntl": 72,
    "flock": 73,
    "truncate": 76,
    "getcwd": 79,
    "chdir": 80,
    "fchdir": 81,
    "rename": 82,
    "mkdir": 83,
    "rmdir": 84,
    "link": 86,
    "unlink": 87,
    "symlink": 88,
    "readlink": 89,
    "chmod": 90,
    "chown": 92,
    "fchown": 93,
    "lchown": 94,
    "umask": 95,
    "setuid": 105,
    "setgid": 106,
    "setpgid": 109,
    "getppid": 110,
    "setsid": 112,
    "setreuid": 113,
    "setregid": 114,
    "getgroups": 115,
    "setgroups": 116,
    "setresuid": 117,
    "setresgid": 119,
    "getpgid": 121,
    "setfsuid": 122,
    "setfsgid": 123,
    "getsid": 124,
    "capget": 125,
    "capset": 126,
    "rt_sigpending": 127,
    "rt_sigtimedwait": 128,
    "rt_sigqueueinfo": 129,
    "mknod": 133,
    "personality": 135,
    "statfs": 137,
    "pivot_root": 155,
    "prctl": 157,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "sethostname": 170,
    "setdomainname": 171,
    "gettid": 186,
    "setxattr": 188,
    "lsetxattr": 189,
    "getxattr": 191,
    "lgetxattr": 192,
    "listxattr": 194,
    "llistxattr": 195,
    "removexattr": 197,
    "lremovexattr": 198,
    "tkill": 200,
    "getdents64": 217,
    "semtimedop": 220,
    "timer_create": 222,
    "timer_settime": 223,
    "timer_gettime": 224,
    "timer_getoverrun": 225,
    "timer_delete": 226,
    "clock_gettime": 228,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "tgkill": 234,
    "mq_open": 240,
    "mq_unlink": 241,
    "mq_timedsend": 242,
    "mq_timedreceive": 243,
    "mq_notify": 244,
    "mq_getsetattr": 245,
    "waitid": 247,
    "pidfd_send_signal": 424,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "faccessat2": 439,
    "openat": 257,
    "ppoll": 271,
    "unshare": 272,
    "utimensat": 280,
    "timerfd_create": 283,
    "timerfd_settime": 286,
    "timerfd_gettime": 287,
    "accept4": 288,
    "dup3": 292,
    "pipe2": 293,
    "prlimit64": 302,
    "setns": 308,
    "kcmp": 312,
    "memfd_create": 319,
    "execveat": 322,
    "clone3": 435,
}

# <linux/sched.h>
CLONE_NEWTIME: Final = 0x00000080
CLONE_VM: Final = 0x00000100
CLONE_FS: Final = 0x00000200
CLONE_FILES: Final = 0x00000400
CLONE_SIGHAND: Final = 0x00000800
CLONE_PIDFD: Final = 0x00001000
CLONE_VFORK: Final = 0x00004000
CLONE_PARENT: Final = 0x00008000
CLONE_THREAD: Final = 0x00010000
CLONE_NEWNS: Final = 0x00020000
CLONE_SYSVSEM: Final = 0x00040000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_INTO_CGROUP: Final = 1 << 33
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

# <linux/prctl.h>
PR_SET_PDEATHSIG: Final = 1
PR_GET_PDEATHSIG: Final = 2
PR_SET_NAME: Final = 15
PR_GET_NAME: Final = 16
PR_CAPBSET_READ: Final = 23
PR_GET_SECUREBITS: Final = 27
PR_GET_NO_NEW_PRIVS: Final = 39
PR_SET_MM: Final = 35
PR_SET_MM_ARG_START: Final = 8
PR_SET_MM_ARG_END: Final = 9
PR_SET_MM_MAP: Final = 14
PR_GET_CHILD_SUBREAPER: Final = 37

# <asm-generic/ioctls.h>, <asm-generic/termbits.h>, <linux/nsfs.h>
TCSBRK: Final = 0x5409
TCXONC: Final = 0x540A
TCFLSH: Final = 0x540B
TIOCOUTQ: Final = 0x5411
TIOCSTI: Final = 0x5412
TIOCGWINSZ: Final = 0x5413
TIOCSWINSZ: Final = 0x5414
TIOCINQ: Final = 0x541B
TIOCPKT: Final = 0x5420
TCSBRKP: Final = 0x5425
TCGETS2: Final = 0x802C542A
TCSETS2: Final = 0x402C542B
"""TCSETSW2 and TCSETSF2 follow."""
TIOCEXCL: Final = 0x540C
TIOCNXCL: Final = 0x540D
TIOCGEXCL: Final = 0x80045440
TIOCSETD: Final = 0x5423
TIOCGETD: Final = 0x5424
TIOCGLCKTRMIOS: Final = 0x5456
TIOCSLCKTRMIOS: Final = 0x5457
TIOCGPTN: Final = 0x80045430
TIOCSPTLCK: Final = 0x40045431
TIOCGPTLCK: Final = 0x80045439
TIOCGPTPEER: Final = 0x5441
NCCS: Final = 19
TIOCSCTTY: Final = 0x540E
TIOCGPGRP: Final = 0x540F
TIOCSPGRP: Final = 0x5410
TIOCNOTTY: Final = 0x5422
TIOCGSID: Final = 0x5429
NS_GET_USERNS: Final = 0xB701
NS_GET_PARENT: Final = 0xB702
NS_GET_NSTYPE: Final = 0xB703
NS_GET_OWNER_UID: Final = 0xB704
NS_GET_PID_FROM_PIDNS: Final = 0x8004B706
NS_GET_TGID_FROM_PIDNS: Final = 0x8004B707
NS_GET_PID_IN_PIDNS: Final = 0x8004B708
NS_GET_TGID_IN_PIDNS: Final = 0x8004B709
PIDFD_GET_INFO: Final = 0xC040FF0B
"""Of a struct pidfd_info of 64 bytes (PIDFD_INFO_SIZE_VER0)."""
PIDFD_GET_NAMESPACE: Final = {
    "cgroup": 0xFF01,
    "ipc": 0xFF02,
    "mnt": 0xFF03,
    "net": 0xFF04,
    "pid": 0xFF05,
    "pid_for_children": 0xFF06,
    "time": 0xFF07,
    "time_for_children": 0xFF08,
    "user": 0xFF09,
    "uts": 0xFF0A,
}

# <linux/mount.h>
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_MOVE: Final = 8192
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MS_PROPAGATION: Final = 0b1111 << 17
"""MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED."""
MNT_DETACH: Final = 2

AT_FDCWD: Final = -100
AT_EACCESS: Final = 0x200
SIGKILL: Final = 9
SIGSTOP: Final = 19
NSIG: Final = 64
BLOCK_ALL: Final = (1 << 64) - 1
"""As a mask is asked for."""
BLOCKED_ALL: Final = BLOCK_ALL & ~(1 << (SIGKILL - 1)) & ~(1 << (SIGSTOP - 1))
"""As the kernel then keeps it."""
