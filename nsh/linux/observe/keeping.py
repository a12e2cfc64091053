"""The namespaces of the machine, who is in them, and what else keeps them."""

from collections import Counter
from collections.abc import Iterable

from immutables import Map

from nsh.linux.observe.facts import KINDS, Process, Relation, Snapshot
from nsh.linux.observe.identities import Identities
from nsh.linux.observe.placing import Placing
from nsh.machine.context import Context, Fs, Place
from nsh.machine.ids import ContextId, MountId, NamespaceId, ProxyId, SpaceId
from nsh.machine.mounts import MountSpace
from nsh.machine.namespaces import Namespace, Proxy
from nsh.machine.observed import Evidence, ForeignNamespace, NamespaceSighting
from nsh.machine.record import Record
from nsh.machine.uts import Uts

FOR_CHILDREN = "pid_for_children"
_NOWHERE = Place(MountId(0), Record())
_FS = Fs(_NOWHERE, _NOWHERE)


def namespace_id(ids: Identities, kind: str, inum: int) -> NamespaceId:
    """The id of a namespace."""
    return NamespaceId(ids.of(kind, inum))


class Contexts:
    """One proxy and one context for each set of namespaces that tasks are in."""

    def __init__(self, ids: Identities, placing: Placing, spaces: dict[int, SpaceId]) -> None:
        self._ids = ids
        self._placing = placing
        self._spaces = spaces
        self._of: dict[tuple[object, ...], ContextId] = {}
        self._kinds: dict[ContextId, Map[str, NamespaceId]] = {}
        self._users: Counter[ContextId] = Counter()

    def take(self, one: Process) -> ContextId:
        """The context of one more live task."""
        own = self._placing.of[one.pid][-1]
        children = one.children_in if one.children_in in self._spaces else own
        who = ("context", one.links[1:], children)
        key = self._of.get(who)
        if key is None:
            key = self._of[who] = ContextId(self._ids.of(*who))
            kinds = {
                kind: namespace_id(self._ids, kind, inum)
                for kind, inum in zip(KINDS[1:], one.links[1:], strict=True)
                if inum > 0
            }
            kinds[FOR_CHILDREN] = NamespaceId(self._spaces[children])
            self._kinds[key] = Map(kinds)
        self._users[key] += 1
        return key

    def rows(self) -> tuple[dict[int, Context], dict[int, Proxy]]:
        """The contexts and proxies, by id."""
        contexts: dict[int, Context] = {}
        proxies: dict[int, Proxy] = {}
        for key, kinds in self._kinds.items():
            proxy = ProxyId(self._ids.of("proxy", key))
            contexts[key] = Context(self._users[key], proxy, _FS)
            proxies[proxy] = Proxy(1, kinds)
        return contexts, proxies


def namespaces(
    snapshot: Snapshot, ids: Identities, spaces: dict[int, SpaceId], proxies: Iterable[Proxy]
) -> dict[int, Namespace]:
    """The record of every namespace but pid spaces."""
    users: Counter[int] = Counter()
    for proxy in proxies:
        users.update(proxy.kinds.values())
    found: dict[int, Namespace] = {}
    for (kind, inum), relation in sorted(snapshot.relations.items()):
        if kind == "pid":
            continue
        key = namespace_id(ids, kind, inum)
        owner = namespace_id(ids, "user", relation.owner) if relation.owner else NamespaceId(0)
        if kind == "mnt":
            found[key] = MountSpace(users[key], inum, owner, MountId(0))
        elif kind == "uts":
            own = inum == snapshot.own[KINDS.index("uts")]
            found[key] = Uts(users[key], inum, owner, snapshot.nodename if own else "?", "?")
        else:
            found[key] = ForeignNamespace(users[key], inum, owner, kind)
    return found


def sightings(
    snapshot: Snapshot, ids: Identities, placing: Placing, spaces: dict[int, SpaceId]
) -> dict[int, NamespaceSighting]:
    """What keeps each namespace, and how that is known."""
    members = _members(snapshot, placing)
    held = _held(snapshot)
    found: dict[int, NamespaceSighting] = {}
    for (kind, inum), relation in sorted(snapshot.relations.items()):
        parent, evidence = _parent(kind, inum, relation, placing)
        if not relation.owner and kind != "user":  # out of sight; the first user namespace has none
            evidence["owner"] = Evidence.HIDDEN
        above = spaces.get(parent, 0) if kind == "pid" else parent and ids.of(kind, parent)
        key = spaces.get(inum) if kind == "pid" else None
        found[key or namespace_id(ids, kind, inum)] = NamespaceSighting(
            kind,
            NamespaceId(above),
            relation.uid,
            members[kind, inum],
            snapshot.proc_mounts.get(inum, "") if kind == "mnt" else "",
            tuple(held.get((kind, inum), ())),
            Map(evidence),
        )
    for inum, space in spaces.items():
        if inum <= 0:
            hidden = {"inum": Evidence.HIDDEN, "parent": Evidence.DERIVED}
            hidden["owner"] = Evidence.HIDDEN
            above = spaces.get(placing.paths[inum][-2], 0) if len(placing.paths[inum]) > 1 else 0
            seen = members["pid", inum]
            found[space] = NamespaceSighting(
                "pid", NamespaceId(above), -1, seen, evidence=Map(hidden)
            )
    return found


def _members(snapshot: Snapshot, placing: Placing) -> Counter[tuple[str, int]]:
    """How many processes are in each namespace, by kind and inode number."""
    members: Counter[tuple[str, int]] = Counter()
    for one in snapshot.processes:
        members["pid", placing.of[one.pid][-1]] += 1
        for kind, inum in zip(KINDS[1:], one.links[1:], strict=True):
            members[kind, inum] += inum > 0
    return members


def _held(snapshot: Snapshot) -> dict[tuple[str, int], list[str]]:
    """What else keeps them, in words, each thing once."""
    held: dict[tuple[str, int], list[str]] = {}
    for holder in snapshot.holders:
        where = holder.path.decode("utf-8", "surrogateescape")
        what = "socket" if holder.socket else "fd"
        how = f"{what} {holder.fd} of {holder.pid}" if holder.fd >= 0 else f"mount {where}"
        known = held.setdefault((holder.kind, holder.inum), [])
        if how not in known:
            known.append(how)
    return held


def _parent(
    kind: str, inum: int, relation: Relation, placing: Placing
) -> tuple[int, dict[str, Evidence]]:
    """The inode number of the one that it nests in, 0 for none, and how that is known."""
    if kind == "pid" and inum in placing.paths:
        path = placing.paths[inum]
        parent = path[-2] if len(path) > 1 else 0
    else:
        parent = relation.parent
    if kind == "pid" and inum in placing.derived and inum in placing.paths:
        return parent, {"parent": Evidence.DERIVED}
    if not relation.asked and kind in ("pid", "user"):
        return parent, {"parent": Evidence.HIDDEN}
    return parent, {}
