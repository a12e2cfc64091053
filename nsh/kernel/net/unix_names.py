"""The names of Unix sockets: files, and abstract ones that a network namespace has (unix(7)).

A file is found through mounts, whatever the network namespace; an abstract name in that of the
socket that looks for it.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import S_IFMT, S_IFSOCK
from nsh.abi.names import Mknod
from nsh.kernel.fs import files
from nsh.kernel.fs.names import mknod
from nsh.kernel.fs.permission import MAY_WRITE
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import InodeId
from nsh.machine.ids import TaskId
from nsh.machine.net import Net, SocketId
from nsh.machine.sockets import Inet, Socket, SocketFile, UnixName
from nsh.machine.value import Transaction

_LONGEST: Final = 108
"""Bytes of ``sun_path``."""


def _abstract(type_: int, path: str) -> str:
    """A name as a namespace keeps it: each type of socket has names of its own."""
    return f"{type_}{path}"


def _checked(address: Inet | UnixName) -> str:
    assert isinstance(address, UnixName)
    if len(address.path.encode("utf-8", "surrogateescape")) > _LONGEST:
        raise Errno.EINVAL(f"a Unix socket's name has at most {_LONGEST} bytes")
    return address.path


def bind(tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName) -> None:
    """Give a socket a name; an empty one: choose it.  EADDRINUSE, EINVAL, and those of mknod."""
    path = _checked(address)
    if not path:
        autobind(tx, key)
        return
    ino, place = InodeId(0), None
    if not path.startswith("\0"):
        path = path.partition("\0")[0]
        ino, place = _make_file(tx, caller, path)
    socket = tx.get(Socket, key)
    if socket.local is not None:
        raise Errno.EINVAL(f"the socket has a name: {told(socket.local)}")
    claim(tx, key, path, ino, place)


def claim(tx: Transaction, key: SocketId, path: str, ino: InodeId, place: Place | None) -> None:
    """Take a name: that of the file at *place*, or an abstract one.  EADDRINUSE."""
    socket = tx.get(Socket, key)
    if place is not None:
        tx.put(ino, SocketFile(key))
        files.hold_place(tx, place)
    else:
        net = tx.get(Net, socket.net)
        name = _abstract(socket.type, path)
        if name in net.names:
            raise Errno.EADDRINUSE(f"this network namespace has a socket {told(UnixName(path))}")
        tx.put(socket.net, replace(net, names=net.names.set(name, key)))
    tx.put(key, replace(socket, local=UnixName(path), ino=ino, place=place))


def _make_file(tx: Transaction, caller: TaskId, path: str) -> tuple[InodeId, Place]:
    try:
        mknod(tx, caller, Mknod(path, S_IFSOCK | 0o777))
    except KernelError as error:
        if error.errno is Errno.EEXIST:
            raise Errno.EADDRINUSE(f"{path} exists") from None
        raise
    walk = Walk(tx, caller)
    place = walk.lookup(path, follow=False)
    return InodeId(walk.stat(place).ino), place


def autobind(tx: Transaction, key: SocketId) -> None:
    """Give a socket without a name the first free abstract one of five hexadecimal digits."""
    socket = tx.get(Socket, key)
    if socket.local is not None:
        return
    net = tx.get(Net, socket.net)
    number = 0
    while _abstract(socket.type, f"\0{number:05x}") in net.names:
        number += 1
    path = f"\0{number:05x}"
    tx.put(socket.net, replace(net, names=net.names.set(_abstract(socket.type, path), key)))
    tx.put(key, replace(socket, local=UnixName(path)))


def find(tx: Transaction, caller: TaskId, key: SocketId, address: Inet | UnixName) -> SocketId:
    """The socket that has a name.  ECONNREFUSED, EPROTOTYPE, and what path lookup fails with."""
    path = _checked(address)
    socket = tx.get(Socket, key)
    if not path:
        raise Errno.EINVAL("an empty name names nobody")
    if path.startswith("\0"):
        found = tx.get(Net, socket.net).names.get(_abstract(socket.type, path))
        if found is None:
            name = told(UnixName(path))
            raise Errno.ECONNREFUSED(f"no socket of the type is called {name} in this namespace")
        return found
    walk = Walk(tx, caller)
    place = walk.lookup(path)
    attributes = walk.stat(place)
    walk.check(place, attributes, MAY_WRITE, path)
    entry = tx.find(SocketFile, attributes.ino)
    if attributes.mode & S_IFMT != S_IFSOCK or entry is None:
        raise Errno.ECONNREFUSED(f"no socket is bound to {path}")
    if tx.get(Socket, entry.socket).type != socket.type:
        raise Errno.EPROTOTYPE(f"the socket bound to {path} is of another type")
    return entry.socket


def unbind(tx: Transaction, key: SocketId) -> None:
    """The socket is closed: its abstract name is free; its file stays, and leads nowhere."""
    socket = tx.get(Socket, key)
    if socket.ino:
        tx.drop(SocketFile, socket.ino)
        tx.put(key, replace(socket, ino=InodeId(0)))
    elif isinstance(socket.local, UnixName) and is_found(tx, key):
        net = tx.get(Net, socket.net)
        name = _abstract(socket.type, socket.local.path)
        tx.put(socket.net, replace(net, names=net.names.delete(name)))


def is_found(tx: Transaction, key: SocketId) -> bool:
    """Whether its abstract name leads to it: connections to it have the same."""
    socket = tx.get(Socket, key)
    if not isinstance(socket.local, UnixName):
        return False
    name = _abstract(socket.type, socket.local.path)
    return tx.get(Net, socket.net).names.get(name) == key


def told(name: Inet | UnixName | None) -> str:
    """A name as people read it: ``@`` for the NUL of an abstract one."""
    if not isinstance(name, UnixName) or not name.path:
        return "(unnamed)"
    return name.path.replace("\0", "@")


def autobind_if_asked(tx: Transaction, key: SocketId) -> None:
    """Who asks for senders is given a name to be answered to, when it connects or sends."""
    if tx.get(Socket, key).asks_who:
        autobind(tx, key)
