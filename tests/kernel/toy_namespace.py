"""A kind of namespace of one's own, whole: moods.  `test_toy_namespace` runs it by itself."""

from msgspec.structs import replace

import nsh
from nsh.abi.files import Readlink
from nsh.abi.namespaces import Unshare
from nsh.abi.request import Request
from nsh.kernel import contexts, hooks, kinds
from nsh.kernel.dispatch import handles
from nsh.kernel.kinds import New
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.invariants import violations
from nsh.machine.namespaces import Namespace
from nsh.machine.record import table
from nsh.machine.value import Transaction

CLONE_NEWMOOD = 1 << 45


class SetMood(Request, frozen=True, gc=False):
    mood: str


@table
class Mood(Namespace):
    mood: str = "calm"


@kinds.namespace("mood", CLONE_NEWMOOD, Mood, 4026531700)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> Mood:
    return new.like(tx.get(Mood, old))


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(99, Mood(1, 4026531700, NamespaceId(0)))


@handles(SetMood)
def set_mood(tx: Transaction, caller: TaskId, request: SetMood) -> int:
    key = contexts.namespace(tx, caller, "mood")
    tx.put(key, replace(tx.get(Mood, key), mood=request.mood))
    return 0


session = nsh.boot("mainline")
session.run("spawn web; spawn visitor")
web, visitor = session.task("web"), session.task("visitor")
web.perform(Unshare(CLONE_NEWMOOD))
web.perform(SetMood("merry"))
print([record.mood for _key, record in session.machine.items(Mood)])
session.run("as visitor setns /proc/2/ns/mood")
print(web.perform(Readlink("/proc/self/ns/mood")), visitor.perform(Readlink("/proc/self/ns/mood")))
session.run("as web exit; as visitor exit; wait")
print(session.machine.count(Mood), violations(session.machine))
