"""Sockets: what each is by itself (C4); what is between them is in :mod:`.connections`.

Those of the container are what its descriptors refer to, what is on its way to these (SCM_RIGHTS),
connections that wait to be accepted, and what tcp leaves behind in its network namespaces.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFMT, S_IFSOCK, OpenFlag
from nsh.abi.sockets import Family
from nsh.kernel import namespaces
from nsh.kernel.checkpoint import addresses, networks, ownership, parts, peers, places, ports
from nsh.kernel.checkpoint.addresses import Name
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.peers import Who
from nsh.kernel.checkpoint.ports import Shared
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import files, permission
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.kernel.net import calls, protocols, sockets, unix_garbage, unix_names
from nsh.machine.files import InodeId
from nsh.machine.ids import TaskId
from nsh.machine.net import SocketId
from nsh.machine.sockets import Inet, OpenSocket, Socket, SocketFile, SocketState, Stage, UnixName
from nsh.machine.tasks import Task

_ALONE: Final = (SocketState.CLOSE, SocketState.LISTEN)
"""Where there is nobody at the other end."""


class SocketOf(Object, frozen=True, tag="socket"):
    """A socket; those of the Internet come by when they took their ports."""

    number: int
    opener: int
    """Who has it; users and groups are told as that one calls them."""
    family: int
    type: int
    mode: int
    protocol: int = 0
    file: int = 0
    """The open file that it is; 0: nobody has accepted it, or it has been closed."""
    flags: int = 0
    """Status flags of that."""
    namespace: int = 0
    """0: that around the container."""
    uid: int = 0
    gid: int = 0
    state: SocketState = SocketState.CLOSE
    stage: Stage = Stage.UNCONNECTED
    local: Name = None
    path: str = ""
    """Of the file that it is bound to, or who has accepted it, from the top of the mount namespace;
    "": there is none, or none any more."""
    bound: bool = False
    """Its name leads to it, and not to who has accepted it."""
    remote: Name = None
    port: int = 0
    turn: int = 0
    """How many took that port before it."""
    shared: Shared | None = None
    """Who may have it, too."""
    locked: bool = False
    fixed: bool = False
    source: str = ""
    shut: int = 0
    finished: bool = False
    error: int = 0
    backlog: int = 0
    me: Who | None = None
    them: Who | None = None
    passcred: bool = False
    passpidfd: bool = False
    reuse: bool = False
    reuse_port: bool = False
    remaining: int = 0
    """Virtual nanoseconds till it has waited long enough (SYN_SENT, TIME_WAIT, FIN_WAIT2)."""
    orphaned: bool = False


@parts.saves(SocketOf, 45)
def _collect(dump: Dump) -> Iterator[SocketOf]:
    """What nobody can receive any more need not be saved: who was connected to it is told so."""
    unix_garbage.collect(dump.tx)
    yield from ()


@parts.describes(OpenSocket)
def _described(dump: Dump, seen: Seen) -> SocketOf:
    assert isinstance(seen.file.opened, OpenSocket)
    _meet(dump, seen.file.opened.socket, seen.task, seen.has)
    told = _told(dump, seen.file.opened.socket)
    return replace(told, file=seen.number, flags=seen.file.flags)


def _meet(dump: Dump, key: SocketId, task: TaskId, has: str) -> None:
    """Number a socket, and what is found by way of it."""
    dump.sockets.of(key)
    dump.having[key] = task
    socket = dump.tx.get(Socket, key)
    way = f"a descriptor on its way to {has.removesuffix(' is')} is"
    for packet in socket.queue:
        dump.unseen.extend((task, file, way) for file in packet.files)
    for waiting in socket.waiting:
        _meet(dump, waiting, task, has)


@parts.saves(SocketOf, 51)
def _save(dump: Dump) -> Iterator[SocketOf]:
    """Those without a file.  EBUSY: somebody outside has one in a namespace of the container's."""
    tx = dump.tx
    for key, socket in sorted(tx.rows(Socket).items()):
        ours = socket.net in dump.namespaces or socket.peer in dump.sockets
        if key in dump.sockets or not ours:
            continue
        if not socket.orphaned:
            if socket.net in dump.namespaces:
                inum = namespaces.get(tx, "net", socket.net).inum
                whom = holder(dump, SocketId(key))
                with dump.going_on():
                    dump.refuse(f"{whom}, has a socket in its net:[{inum}]")
        elif socket.until > tx.clock:
            dump.sockets.of(key)
            dump.having[key] = dump.record.init
    for number in dump.sockets:
        if not tx.get(Socket, number).file:
            with dump.going_on():
                yield _told(dump, SocketId(number))


def holder(dump: Dump, key: SocketId) -> str:
    """Who outside has a socket, or could accept it, for people."""
    tx = dump.tx
    found = tx.get(Socket, key)
    if not found.file:
        listeners = (each for each in tx.rows(Socket).values() if key in each.waiting)
        found = next(listeners, found)
    return (found.file and dump.holder(found.file)) or "somebody, who is outside"


def _told(dump: Dump, key: SocketId) -> SocketOf:
    tx, task = dump.tx, dump.having[key]
    socket = tx.get(Socket, key)
    users = tx.get(Task, task).creds.userns
    net = networks.namespace(dump, socket.net)
    if net is None:
        inum = namespaces.get(tx, "net", socket.net).inum
        dump.refuse(f"{dump.name(task)} has a socket in net:[{inum}], which is not its own")
    path = _path(dump, task, socket)
    return SocketOf(
        number=dump.sockets.of(key),
        opener=dump.number(task),
        family=socket.family,
        type=socket.type,
        protocol=socket.protocol,
        namespace=net,
        uid=ownership.uid(dump, users, socket.uid),
        gid=ownership.gid(dump, users, socket.gid),
        mode=socket.mode,
        state=socket.state,
        stage=socket.stage,
        local=addresses.name(socket.local),
        path=path,
        bound=bool(path and socket.ino) or unix_names.is_found(tx, key),
        remote=addresses.name(socket.remote),
        port=socket.port,
        turn=ports.turn(tx, key),
        shared=ports.shared(dump, users, key),
        locked=socket.locked,
        fixed=socket.fixed,
        source=socket.source,
        shut=socket.shut,
        finished=socket.finished,
        error=socket.error,
        backlog=socket.backlog,
        me=peers.who(dump, users, socket.me),
        them=peers.who(dump, users, socket.them),
        passcred=socket.passcred,
        passpidfd=socket.passpidfd,
        reuse=socket.reuse,
        reuse_port=socket.reuse_port,
        remaining=max(0, socket.until - tx.clock),
        orphaned=socket.orphaned,
    )


def _path(dump: Dump, task: TaskId, socket: Socket) -> str:
    """ENOTSUP: there is none, for who has the socket."""
    place = socket.place
    if place is None:
        return ""
    sb = superblock_of(dump.tx, place)
    if type_of(dump.tx, sb).unlinked(dump.tx, sb, place.node):
        return ""
    return places.path(dump, task, place, f"{dump.name(task)} has a socket bound to")


@parts.makes(SocketOf, "number")
def _make(restart: Restart, saved: SocketOf) -> None:
    """EADDRINUSE: somebody has its name or port by now; EADDRNOTAVAIL, EACCES; EINVAL."""
    tx = restart.tx
    task = restart.task(saved.opener)
    if not restart.sockets:
        unix_garbage.collect(tx)  # it may be what has the names
    record = _record(restart, task, saved)
    key = sockets.make(tx, record)
    if saved.orphaned:
        namespaces.put(tx, "net", record.net)
    restart.sockets[saved.number] = key
    restart.holders[saved.number] = task
    if saved.file:
        restart.opens(saved.file, sockets.open_as_file(tx, key, _flags(saved)))
    if saved.path or saved.bound:
        _bind(restart, task, key, saved)
    if record.family == Family.AF_INET and not saved.namespace:
        ports.check(restart, key)
    restart.keep(saved)


def _flags(saved: SocketOf) -> int:
    return int(OpenFlag.O_RDWR | saved.flags & (OpenFlag.O_NONBLOCK | OpenFlag.O_ASYNC))


def _bind(restart: Restart, task: TaskId, key: SocketId, saved: SocketOf) -> None:
    """EADDRINUSE: its name leads to another socket; EPERM: the file is another's; EINVAL: no socket
    can have that."""
    tx = restart.tx
    place, ino = None, InodeId(0)
    local = tx.get(Socket, key).local
    if not isinstance(local, UnixName):
        raise Errno.EINVAL("local: only a Unix socket is bound to a path")
    if saved.path:
        with places.naming(saved.path), places.at_top(restart, task):
            walk = Walk(tx, task)
            place = walk.lookup(saved.path, follow=False)
            attributes = walk.stat(place)
        ino = InodeId(attributes.ino)
        if attributes.mode & S_IFMT != S_IFSOCK:
            raise Errno.EINVAL(f"path: {saved.path} is no socket")
    if saved.bound and ino and tx.find(SocketFile, ino) is not None:
        raise Errno.EADDRINUSE(f"another socket is bound to {saved.path}")
    if saved.bound and ino:
        mine = tx.get(Task, restart.caller).creds
        if not permission.owns(tx, mine, attributes):
            raise Errno.EPERM(f"path: {saved.path} is another user's")
    if saved.bound and (ino or local.path.startswith("\0")):
        unix_names.claim(tx, key, local.path, ino, place)
    elif place is not None:
        files.hold_place(tx, place)
        tx.put(key, replace(tx.get(Socket, key), place=place))


def _record(restart: Restart, task: TaskId, saved: SocketOf) -> Socket:
    tx = restart.tx
    users = tx.get(Task, task).creds.userns
    found = Socket(
        net=networks.found(restart, saved.namespace),
        family=saved.family,
        type=saved.type,
        protocol=saved.protocol,
        uid=peers.uid_of(restart, users, saved.uid),
        gid=peers.gid_of(restart, users, saved.gid),
        mode=saved.mode,
        state=saved.state,
        stage=saved.stage,
        local=addresses.address(saved.local),
        remote=addresses.address(saved.remote),
        port=saved.port,
        locked=saved.locked,
        fixed=saved.fixed,
        source=saved.source,
        shut=saved.shut & sockets.BOTH,
        finished=saved.finished,
        error=saved.error,
        backlog=saved.backlog,
        me=peers.told(restart, users, saved.me),
        them=peers.told(restart, users, saved.them),
        passcred=saved.passcred,
        passpidfd=saved.passpidfd,
        reuse=saved.reuse,
        reuse_port=saved.reuse_port,
        until=tx.clock + saved.remaining if saved.remaining else 0,
        orphaned=saved.orphaned,
    )
    _check(found, saved)
    return found


def _check(found: Socket, saved: SocketOf) -> None:
    """EINVAL for what no socket can be."""
    calls.check_kind(found.family, found.type, found.protocol)
    ours = UnixName if found.family == Family.AF_UNIX else Inet
    for field in ("local", "remote"):
        name = getattr(found, field)
        if name is not None and not isinstance(name, ours):
            raise Errno.EINVAL(f"{field}: a socket of another family is called so")
    alone = found.state in _ALONE or ours is UnixName
    if (found.remote is None and not alone) or (found.local is None and (not alone or found.port)):
        raise Errno.EINVAL(f"state: a socket in {found.state.name} has names")
    connected = protocols.of(found).connected
    tcp = connected and ours is Inet
    if not tcp and (found.orphaned or found.state not in (*_ALONE, SocketState.ESTABLISHED)):
        raise Errno.EINVAL("state: that is one of tcp's alone")
    if found.state is SocketState.LISTEN and (not connected or found.local is None):
        raise Errno.EINVAL("state: such a socket does not listen")
    if found.port and (ours is UnixName or not 0 < found.port < 1 << 16):
        raise Errno.EINVAL(f"port: there is no port {found.port}")
    if saved.orphaned and saved.file:
        raise Errno.EINVAL("orphaned: somebody has the socket open")
    if found.error and found.error not in {int(each) for each in Errno}:
        raise Errno.EINVAL(f"error: {found.error} is none")
