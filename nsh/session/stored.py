"""Machines in files: what ``nsh live save`` writes, and ``--from FILE`` starts from."""

import os
import tempfile
from contextlib import suppress

from msgspec.structs import replace

from nsh.kernel import loading, refs
from nsh.machine import store
from nsh.machine.program import Director
from nsh.machine.store import StoreError
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine, begin
from nsh.session.graft import runnable


def save(machine: Machine, path: str) -> None:
    """Write *machine* to *path*, whole or not at all.  ``OSError`` with that path if that fails."""
    try:
        _write(machine, path)
    except OSError as error:  # which may name the file that was to become it
        raise OSError(error.errno, error.strerror, path) from None


def dumped(machine: Machine) -> bytes:
    """What such a file has in it."""
    return "".join(line + "\n" for line in store.dump(machine)).encode()


def _write(machine: Machine, path: str) -> None:
    folder = os.path.dirname(path) or "."
    handle, name = tempfile.mkstemp(prefix=".nsh-", dir=folder)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in store.dump(machine))
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def load(path: str) -> Machine:
    """The machine in *path*, as it was saved; ``-`` is standard input.  ``OSError``;
    :class:`StoreError`."""
    loading.load_all()  # so that every table and record is known
    with open(0 if path == "-" else path, "rb", closefd=path != "-") as file:
        return store.load(file)


def start(path: str, profile: str = "all", actor: str = "") -> Machine:
    """A machine to start a session from: that in *path*, where *actor* performs what is typed.

    Without *actor* it is whoever was acting, or init.  ``OSError``; :class:`StoreError`;
    :class:`~nsh.abi.errno.KernelError` if there is no such profile or task.
    """
    machine = runnable(load(path), profile)
    if not actor:
        return machine
    tx = begin(machine)
    director = tx.find(Director, 0)
    if director is None:
        raise StoreError("there is nobody to perform anything on that machine")
    task = refs.find(tx, director.actor, actor)
    if tx.get(Task, task).state is State.ZOMBIE:
        raise StoreError(f"{actor} is dead")
    tx.put(0, replace(director, actor=task))
    return tx.commit()
