"""The calls: a container becomes an image, an image a container (S3; C3, C5); or it is told what is
in the way of that."""

from collections import Counter

from nsh.abi.checkpoint import Checkpoint, Obstacle, Survey, Surveyed
from nsh.abi.checkpoint import Restart as RestartRequest
from nsh.abi.errno import Errno, KernelError
from nsh.kernel import pids, policies, uts
from nsh.kernel.checkpoint import freezer, image, parts
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.dispatch import handles
from nsh.kernel.loading import load_all
from nsh.machine.checkpoint import FrozenContainer
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.record import records
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


@handles(Checkpoint)
def checkpoint(tx: Transaction, caller: TaskId, request: Checkpoint) -> bytes:
    """The image of a container, which is frozen."""
    load_all()  # any of its mechanisms may have something to say
    space = freezer.container_of(tx, caller, request.pid)
    if tx.find(FrozenContainer, space) is None:
        raise Errno.EBUSY(f"{freezer.called(tx, space)} is not frozen: its tasks are running")
    return taken(tx, caller, space)[1]


def taken(tx: Transaction, caller: TaskId, space: SpaceId) -> tuple[list[image.Object], bytes]:
    """What is in a container in which nobody runs now, and the image of it."""
    dump = Dump(tx, caller, space)
    found = list(parts.saved(dump))
    _check_answered(dump)
    return found, image.lines(found, _head(tx))


@handles(Survey)
def survey(tx: Transaction, caller: TaskId, request: Survey) -> Surveyed:
    """What would be in the image, and all that keeps it from being taken."""
    load_all()
    space = freezer.container_of(tx, caller, request.pid)
    refused: list[KernelError] = []
    counts: Counter[str] = Counter()
    try:
        freezer.check_free(tx, caller, space)
        dump = Dump(tx, caller, space, refused)
        counts.update(image.tag(type(found)) for found in parts.saved(dump))
        _check_answered(dump)
    except KernelError as error:
        refused.append(error)
    tx.undo()  # who looks collects what is lost, and it is to be as if nobody had looked
    told = dict.fromkeys(Obstacle(int(error.errno), error.reason) for error in refused)
    return Surveyed(tuple(counts.items()), tuple(told))


def _head(tx: Transaction) -> image.Image:
    levels = policies.value(tx, policies.PID_LEVELS)
    return image.Image(release=uts.RELEASE, levels=levels, clock=tx.clock)


def _check_answered(dump: Dump) -> None:
    """ENOTSUP: a task has something that no part answers for."""
    for kind in records():
        if kind in parts.answered or not dump.tx.count(kind):
            continue
        for task in dump.tasks:
            if dump.tx.find(kind, task) is not None:
                reason = f"{dump.name(task)} has {kind.__name__}, which cannot be saved"
                with dump.going_on():
                    dump.refuse(reason, Errno.ENOTSUP)


@handles(RestartRequest)
def restart(tx: Transaction, caller: TaskId, request: RestartRequest) -> int:
    """A container made of an image; if that fails at any line, nothing of it is left."""
    load_all()
    freezer.check_offered(tx)
    made = Restart(tx, caller, request.name)
    told = len(tx.crossings)
    for number, found in image.objects(request.image, parts.kinds):
        if isinstance(found, image.Image):
            _check_configuration(tx, found)
            made.clock = found.clock
            continue
        try:
            parts.make(made, found)
        except KernelError as error:
            what = f"line {number}: {image.tag(type(found))}"
            raise error.errno(f"{what}: {error.reason}") from None
    if not made.tasks:
        raise Errno.EINVAL("the image has no task")
    parts.finish(made)
    del tx.crossings[told:]  # what the kernel says to itself crosses no boundary
    me = tx.get(Task, caller)
    init = tx.get(Task, made.init)
    return pids.tell(tx, me.space, made.init, init.space, init.pids, "pid")


def _check_configuration(tx: Transaction, found: image.Image) -> None:
    """EINVAL: what the image needs of the machine is otherwise here (S3: "instead, fail the
    restart")."""
    here = _head(tx)
    for field in ("release", "levels"):
        theirs, ours = getattr(found, field), getattr(here, field)
        if theirs != ours:
            raise Errno.EINVAL(f"line 1: {field}: the image is of {theirs!r}, this is {ours!r}")
