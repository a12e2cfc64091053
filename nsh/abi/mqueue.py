"""Requests about POSIX message queues (mq_overview(7); N2)."""

from typing import Final

from nsh.abi.request import Request

MQ_PRIO_MAX: Final = 32768
SIGEV_SIGNAL: Final = 0
SIGEV_NONE: Final = 1


class MqOpen(Request, frozen=True, gc=False):
    """mq_open(2), which takes a name without the slash that mq_open(3) wants in front.

    ``maxmsg`` and ``msgsize`` are of a new queue, None: the defaults, and both or none.
    Replies a descriptor; EACCES, EEXIST, EINVAL, EMFILE, ENAMETOOLONG, ENOENT, ENOSPC.
    """

    name: str
    flags: int = 0
    mode: int = 0
    maxmsg: int | None = None
    msgsize: int | None = None


class MqUnlink(Request, frozen=True, gc=False):
    """mq_unlink(2).  Replies 0; EACCES, ENAMETOOLONG, ENOENT, EPERM."""

    name: str


class MqTimedsend(Request, frozen=True, gc=False):
    """mq_timedsend(2); ``deadline`` in nanoseconds since 1970, None: none.

    Replies 0; EAGAIN, EBADF, EINTR, EINVAL, EMSGSIZE, ETIMEDOUT.
    """

    fd: int
    data: bytes
    priority: int = 0
    deadline: int | None = None


class MqTimedreceive(Request, frozen=True, gc=False):
    """mq_timedreceive(2) with a buffer of ``size`` bytes.

    Replies a :class:`MqMessage`; EAGAIN, EBADF, EINTR, EINVAL, EMSGSIZE, ETIMEDOUT.
    """

    fd: int
    size: int
    deadline: int | None = None


class MqMessage(Request, frozen=True, gc=False):
    """What was received."""

    priority: int
    data: bytes


class MqNotify(Request, frozen=True, gc=False):
    """mq_notify(2): ``how`` SIGEV_SIGNAL or SIGEV_NONE, None takes the registration back.

    Replies 0; EBADF, EBUSY, EINVAL.
    """

    fd: int
    how: int | None = SIGEV_SIGNAL
    signo: int = 0
    value: int = 0


class MqGetsetattr(Request, frozen=True, gc=False):
    """mq_getsetattr(2): ``flags``, O_NONBLOCK or 0, become the descriptor's unless None.

    Replies the :class:`MqAttr` of before; EBADF, EINVAL.
    """

    fd: int
    flags: int | None = None


class MqAttr(Request, frozen=True, gc=False):
    """``struct mq_attr``."""

    flags: int
    maxmsg: int
    msgsize: int
    curmsgs: int
