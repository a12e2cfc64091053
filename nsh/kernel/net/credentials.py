"""Who somebody is, told over a socket: SO_PEERCRED, SCM_CREDENTIALS, SCM_PIDFD (unix(7); N5, P2).

What is kept names the process, with its number at each level; it becomes a number only when it is
told, in the numbers of whoever asks.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.abi.sockets import Ucred
from nsh.kernel import capabilities, hooks, idmaps, pids
from nsh.machine.crossing import Crossing
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.sockets import Socket, Told, told
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

NOBODY: Final = 65534
"""The overflow uid and gid."""
NO_ID: Final = (1 << 32) - 1


def effective(tx: Transaction, task: TaskId) -> Told:
    """Who *task* is to a peer: its process, and its effective ids (init_peercred)."""
    creds = tx.get(Task, task).creds
    return _told(tx, task, creds.euid, creds.egid)


def real(tx: Transaction, task: TaskId) -> Told:
    """What the kernel puts into a message: real ids."""
    creds = tx.get(Task, task).creds
    return _told(tx, task, creds.uid, creds.gid)


def _told(tx: Transaction, task: TaskId, uid: int, gid: int) -> Told:
    key = tx.get(Task, task).leader
    leader = tx.get(Task, key)
    return Told(tx.get(PidSpace, leader.space).path, leader.pids, uid, gid, key)


def claimed(tx: Transaction, caller: TaskId, creds: tuple[int, ...]) -> Told:
    """What *caller* says of itself, or of another if it may (scm_check_creds).

    EINVAL for ids that are nobody's in its user namespace, EPERM, ESRCH.
    """
    if len(creds) != 3:
        raise Errno.EINVAL("credentials are a pid, a uid and a gid")
    me = tx.get(Task, caller)
    own = me.creds
    pid = creds[0]
    uid = idmaps.uid_of(tx, own.userns, creds[1])
    gid = idmaps.gid_of(tx, own.userns, creds[2])
    mine = pids.number(tx, tx.get(Task, me.leader), me.space)
    if pid != mine:
        owner = tx.get(PidSpace, me.space).owner
        capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "telling another's pid")
    if uid not in (own.uid, own.euid, own.suid):
        capabilities.need(tx, caller, own.userns, Cap.CAP_SETUID, "telling another uid")
    if gid not in (own.gid, own.egid, own.sgid):
        capabilities.need(tx, caller, own.userns, Cap.CAP_SETGID, "telling another gid")
    if pid == mine:
        return _told(tx, caller, uid, gid)
    whom = pids.enter(tx, caller, pid)
    task = None if whom is None else tx.find(Task, whom)
    if task is None or whom is None:
        raise Errno.ESRCH(f"there is no process {pid} to speak for")
    return Told(tx.get(PidSpace, task.space).path, task.pids, uid, gid, whom)


def in_message(tx: Transaction, reader: TaskId, who: Told | None) -> tuple[int, int, int]:
    """pid, uid and gid for *reader*; of a message that does not tell: 0 and nobody."""
    return (0, NOBODY, NOBODY) if who is None else _translated(tx, reader, who)


def of_peer(tx: Transaction, reader: TaskId, who: Told | None) -> Ucred:
    """SO_PEERCRED for *reader*; -1 for ids where there has been no peer."""
    return Ucred(0, NO_ID, NO_ID) if who is None else Ucred(*_translated(tx, reader, who))


def sender(tx: Transaction, reader: TaskId, who: Told) -> int:
    """SCM_PIDFD: a descriptor of the process that *who* is, in sight or not, gone or not; minus
    EMFILE where *reader* has no room for it (scm_pidfd_recv)."""
    from nsh.kernel.pidfds.files import make

    try:
        return make(tx, reader, who.task, 0, who)
    except KernelError as error:
        return -int(error.errno)


def opened(tx: Transaction, reader: TaskId, who: Told | None) -> int:
    """SO_PEERPIDFD: a descriptor of the peer's process, in sight or not, gone or not.  EMFILE;
    ENODATA where there has been no peer."""
    from nsh.kernel.pidfds.files import make

    if who is None:
        raise Errno.ENODATA("there has been nobody at the other end")
    return make(tx, reader, who.task, 0, who)


@hooks.on_reap(Socket)
def _ended(tx: Transaction, tid: TaskId, task: Task) -> None:
    """How, is kept for whoever gets a descriptor of it by what sockets know (pidfs_exit)."""

    def after(who: Told | None) -> Told | None:
        ours = who is not None and who.task == tid
        return replace(who, exit_code=task.status) if who is not None and ours else who

    for key, socket in tx.items(Socket):
        if any(who.task == tid for who in told(socket)):
            queue = tuple(replace(packet, who=after(packet.who)) for packet in socket.queue)
            known = replace(socket, me=after(socket.me), them=after(socket.them), queue=queue)
            tx.put(key, known)


def _translated(tx: Transaction, reader: TaskId, who: Told) -> tuple[int, int, int]:
    """pid_vnr() and from_kuid_munged(): the numbers in the reader's namespaces; 0 and nobody where
    they have none."""
    me = tx.get(Task, reader)
    space, users = me.space, me.creds.userns
    level = len(tx.get(PidSpace, space).path) - 1
    visible = level < len(who.path) and who.path[level] == space
    pid = who.pids[level] if visible else 0
    tx.crossings.append(Crossing(False, "pid", pid, space, who.task, who.pids[0]))
    uid, gid = idmaps.uid_inside(tx, users, who.uid), idmaps.gid_inside(tx, users, who.gid)
    return pid, uid, gid
