"""What streams of bytes have in common, those of tcp and those of Unix sockets."""

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel import sigio, waiting
from nsh.kernel.fs import files, pipes
from nsh.kernel.net import sockets
from nsh.kernel.net.sockets import Sending
from nsh.machine.ids import TaskId
from nsh.machine.net import SocketId
from nsh.machine.pipes import Progress
from nsh.machine.sockets import Socket, SocketState
from nsh.machine.value import Transaction


def full(tx: Transaction, caller: TaskId, key: SocketId, call: Sending, done: int) -> int | Failure:
    """There is no room for the rest of *call*: wait for some, or reply the *done* bytes.

    EAGAIN, EINTR if there are none.
    """
    if call.nonblock or waiting.interrupted(tx, caller):
        pipes.abandon(tx, caller)
        sigio.await_room(tx, key)
        if done:
            return done
        if call.nonblock:
            return Failure(Errno.EAGAIN, "the buffer is full: the other end has much to read")
        return Failure(Errno.EINTR, "a signal was handled before there was room")
    if done:
        if pipes.resumed(tx, caller) is None:
            files.hold(tx, call.file)
        tx.put(caller, Progress(call.file, done))
    sockets.wait(key, reason="until the other end has read some of it", keep=True)


def unread(socket: Socket) -> int:
    """Bytes that wait to be read (FIONREAD).  EINVAL for one that listens."""
    if socket.state is SocketState.LISTEN:
        raise Errno.EINVAL("there is nothing to read where connections are accepted")
    return sum(len(packet.data) for packet in socket.queue)
