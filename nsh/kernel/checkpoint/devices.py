"""Namespaces of devices (S2): white lists (N7), and what a pts namespace has of devpts (N8)."""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.kernel import devices
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import devpts_options, devpts_positions
from nsh.kernel.fs.devpts_indices import data_of
from nsh.machine.devices import DevSpace
from nsh.machine.devpts import PtsSpace

parts.saves_namespaces("dev")
parts.saves_namespaces("pts")


class WhiteList(Object, frozen=True):
    """Of one device namespace."""

    namespace: int
    listed: tuple[str, ...] = ()


class Instance(Object, frozen=True, tag="devpts"):
    """Of one pts namespace."""

    namespace: int
    options: str = ""
    """As /proc/mounts tells them."""


@parts.saves(WhiteList, 40)
def _save_lists(dump: Dump) -> Iterator[WhiteList]:
    for key in dump.namespaces:
        found = dump.tx.find(DevSpace, key)
        if found is not None:
            yield WhiteList(dump.namespaces.of(key), tuple(sorted(found.listed or ())))


@parts.makes(WhiteList, "namespace")
def _make_list(restart: Restart, saved: WhiteList) -> None:
    """Till all files are open it lists all devices: what somebody has open, he has got."""
    key = restart.namespace(saved.namespace, "dev")
    found = restart.tx.get(DevSpace, key)
    for each in saved.listed:
        devices.entry(each)
    restart.tx.put(key, replace(found, listed=None))
    restart.keep(saved)


@parts.finishes(44)
def _list(restart: Restart) -> None:
    tx = restart.tx
    for saved in restart.kept(WhiteList):
        key = restart.namespace(saved.namespace)
        tx.put(key, replace(tx.get(DevSpace, key), listed=frozenset(saved.listed)))


@parts.saves(Instance, 40)
def _save_instances(dump: Dump) -> Iterator[Instance]:
    tx = dump.tx
    for key in dump.namespaces:
        found = tx.find(PtsSpace, key)
        if found is not None:
            options = devpts_options.told(data_of(tx, found.superblock))
            yield Instance(dump.namespaces.of(key), options.lstrip(","))


@parts.makes(Instance, "namespace")
def _make_instance(restart: Restart, saved: Instance) -> None:
    """What configuring it says."""
    found = restart.tx.get(PtsSpace, restart.namespace(saved.namespace, "pts"))
    devpts_positions.configure(restart.tx, restart.init, found.superblock, saved.options)
