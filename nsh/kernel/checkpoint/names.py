"""The names of a uts namespace (C4, N3)."""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.uts import NAME_LEN
from nsh.machine.uts import Uts

parts.saves_namespaces("uts")


class UtsOf(Object, frozen=True, tag="uts"):
    """Of one namespace."""

    namespace: int
    nodename: str
    domainname: str = "(none)"
    release: str = ""


@parts.saves(UtsOf, 40)
def _save(dump: Dump) -> Iterator[UtsOf]:
    for key in dump.namespaces:
        found = dump.tx.find(Uts, key)
        if found is not None:
            names = found.nodename, found.domainname, found.release
            yield UtsOf(dump.namespaces.of(key), *names)


@parts.makes(UtsOf, "namespace")
def _make(restart: Restart, saved: UtsOf) -> None:
    key = restart.namespace(saved.namespace, "uts")
    for field in ("nodename", "domainname", "release"):
        if len(getattr(saved, field).encode()) > NAME_LEN:
            raise Errno.EINVAL(f"{field}: a name has {NAME_LEN} bytes at most")
    names = {"nodename": saved.nodename, "domainname": saved.domainname, "release": saved.release}
    restart.tx.put(key, replace(restart.tx.get(Uts, key), **names))
