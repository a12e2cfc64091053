"""What takes part in a checkpoint: for each sort of object in an image, who saves it and who makes
it again (S2: "possible cr_ops in some objects"; C11).

The core knows none of them.  A part is a file in this package that registers both::

    class Uts(Object, frozen=True):
        namespace: int
        nodename: str

    @saves(Uts, order=20)
    def _save(dump: Dump) -> Iterator[Uts]: ...

    @makes(Uts, "namespace")
    def _make(restart: Restart, saved: Uts) -> None: ...

No two objects of one sort are about the same: here, one namespace.

An open file that no path leads to is described by who has registered for its node, or for what its
driver keeps with it, by an object of its own, whose maker calls ``restart.opens``::

    @describes(TimerNode)
    def _described(dump: Dump, seen: Seen) -> TimerFile | None: ...

Objects stand in the image by rising *order*: 10 the container, 20 namespaces, 30 tasks, 40 what
belongs to namespaces, 50 open files, 60 what belongs to tasks, 90 programs.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from nsh.kernel.checkpoint.image import Image, Object, tag
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.machine.ids import NamespaceId
from nsh.machine.record import Record

Save = Callable[[Dump], Iterator[Any]]
Make = Callable[[Restart, Any], None]
Describe = Callable[[Dump, Seen], Object | None]
S = TypeVar("S", bound=Save)
M = TypeVar("M", bound=Make)
D = TypeVar("D", bound=Describe)
Begin = Callable[[Restart, int, NamespaceId], None]
B = TypeVar("B", bound=Begin)
F = TypeVar("F", bound=Callable[[Restart], None])

kinds: dict[str, type[Object]] = {tag(Image): Image}
"""The sorts of objects, by what they are called in an image."""
_savers: list[tuple[int, str, Save]] = []
_makers: dict[type[Object], tuple[Make, tuple[str, ...]]] = {}
_finishers: list[tuple[int, str, Callable[[Restart], None]]] = []
_describers: list[tuple[tuple[type[Record], ...], Describe]] = []
_beginners: dict[str, Begin] = {}
namespace_kinds: set[str] = set()
"""The kinds of namespaces that some part saves."""
answered: set[type[Record]] = set()
"""The tables, with rows of tasks, that some part saves or that need not be saved."""


def saves(kind: type[Object], order: int, *tables: type[Record]) -> Callable[[S], S]:
    """Register who saves objects of *kind*, among others rows of tasks in *tables*."""

    def register(save: S) -> S:
        _savers.append((order, tag(kind), save))
        _savers.sort(key=lambda each: each[:2])
        answered.update(tables)
        return save

    return register


def makes(kind: type[Object], *about: str) -> Callable[[M], M]:
    """Register who makes objects of *kind* again; the fields *about* say what each is about, and an
    image has one about the same at most."""

    def register(make: M) -> M:
        kinds[tag(kind)] = kind
        _makers[kind] = make, about
        return make

    return register


def finishes(order: int) -> Callable[[F], F]:
    """Register what is still to be done when all objects are there."""

    def register(finish: F) -> F:
        _finishers.append((order, finish.__module__, finish))
        _finishers.sort(key=lambda each: each[:2])
        return finish

    return register


def describes(*kinds: type[Record]) -> Callable[[D], D]:
    """Register who describes open files whose node, or what is kept with them (``File.opened``), is
    of one of *kinds*.  None: this one has to be opened by its path."""

    def register(describe: D) -> D:
        _describers.append((kinds, describe))
        return describe

    return register


def described(dump: Dump, seen: Seen) -> Object | None:
    """What the image has of an open file in place of its path; None: it has one."""
    both = seen.file.place.node, seen.file.opened
    for kinds_, describe in _describers:
        if any(isinstance(each, kinds_) for each in both):
            found = describe(dump, seen)
            if found is not None:
                return found
    return None


def begins(kind: str) -> Callable[[B], B]:
    """Register who is told that a namespace of *kind* has been made: its number, and its key."""

    def register(begin: B) -> B:
        _beginners[kind] = begin
        return begin

    return register


def saves_namespaces(kind: str) -> None:
    """Declare that a part saves what namespaces of *kind* keep."""
    namespace_kinds.add(kind)


def needs_no_saving(*tables: type[Record]) -> None:
    """Declare tables with rows of tasks that a restart does without."""
    answered.update(tables)


def saved(dump: Dump) -> Iterator[Object]:
    """All objects of a container."""
    for _order, _name, save in _savers:
        with dump.going_on():
            yield from save(dump)


def make(restart: Restart, found: Object) -> None:
    """Make one of them again.  EINVAL: another one was about the same; and what its maker says."""
    maker, about = _makers[type(found)]
    if about:
        restart.meet(type(found), tuple((field, getattr(found, field)) for field in about))
    maker(restart, found)


def begin(restart: Restart, kind: str, number: int, key: NamespaceId) -> None:
    """A namespace has been made."""
    if kind in _beginners:
        _beginners[kind](restart, number, key)


def finish(restart: Restart) -> None:
    """Do what is left."""
    for _order, _name, last in _finishers:
        last(restart)
