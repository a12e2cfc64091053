"""What else is known of a task: who has logged in there (pam_loginuid(8)), and the label that some
security module has given it (Smack)."""

from collections.abc import Iterator

from nsh.abi.errno import Errno
from nsh.kernel import smack
from nsh.kernel.checkpoint import ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.audit import Login, Logins
from nsh.machine.smack import SmackLabel
from nsh.machine.tasks import Task


class Marks(Object, frozen=True):
    """Of one task."""

    pid: int
    login: int | None = None
    """Who logged in, by the number in its user namespace; -1: who restarts it."""
    session: int = 0
    """Which of the container's logins that was: each is one more of the machine's after a restart,
    whose numbers go on (audit_set_loginuid)."""
    label: str = ""


@parts.saves(Marks, 64, Login, SmackLabel)
def _save(dump: Dump) -> Iterator[Marks]:
    tx = dump.tx
    sessions: dict[int, int] = {}
    for task in dump.tasks:
        login, label = tx.find(Login, task), tx.find(SmackLabel, task)
        found = Marks(dump.number(task), label="" if label is None else label.label)
        if login is not None:
            space = tx.get(Task, task).creds.userns
            session = sessions.setdefault(login.session, len(sessions) + 1)
            uid = ownership.uid(dump, space, login.uid)
            found = Marks(found.pid, uid, session, found.label)
        if login is not None or label is not None:
            yield found


@parts.makes(Marks, "pid")
def _make(restart: Restart, saved: Marks) -> None:
    """EINVAL: nobody asks for labels here."""
    restart.task(saved.pid)
    if saved.label and not smack.active(restart.tx):
        raise Errno.EINVAL(f"label: no security module knows {saved.label!r} here (policy lsm)")
    restart.keep(saved)


@parts.finishes(36)
def _finish(restart: Restart) -> None:
    """Who has none of these has not what it was born with either."""
    tx = restart.tx
    by_pid = {saved.pid: saved for saved in restart.kept(Marks)}
    sessions: dict[int, int] = {}
    own = tx.find(Login, restart.caller)
    mine = tx.get(Task, restart.caller).creds.uid if own is None else own.uid
    for pid, task in restart.tasks.items():
        saved = by_pid.get(pid) or Marks(pid)
        tx.drop(Login, task)
        tx.drop(SmackLabel, task)
        if saved.label:
            tx.put(task, SmackLabel(saved.label))
        if saved.login is not None:
            if saved.session not in sessions:
                past = tx.find(Logins, 0) or Logins()
                tx.put(0, Logins(past.count + 1))
                sessions[saved.session] = past.count + 1
            space = tx.get(Task, task).creds.userns
            uid = ownership.uid_of(restart, space, saved.login, mine)
            tx.put(task, Login(uid, sessions[saved.session]))
