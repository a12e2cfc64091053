"""kthread: have the kernel start or stop a thread of its own."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.kthreads import StartKthread, StopKthread
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write


@command(
    "kthread",
    "have the kernel start a thread of its own called NAME",
    Topic.PROCESSES,
    options=(
        option("-s, --stop", "end it instead"),
        option("-k, --signals", "SIGKILL ends it (with policy kthreads kernel_thread)"),
    ),
    operands=(required("NAME", Kind.NAME),),
    gap="what a driver does that is loaded; needs policy kthreads kthread or kernel_thread",
    examples=(
        "policy kthreads kthread; kthread nfsd; ps -e",
        "policy kthreads kernel_thread; spawn --pid web; web kthread nfsd; web ps -e",
    ),
    see=("ps", "policy"),
    rows=("N5",),
)
def kthread(call: Invocation, given: Given) -> Running:
    """Prints its pid, 0 if the caller does not see it."""
    name = given.operand(0)
    if given.has("stop"):
        yield StopKthread(name)
        return 0
    pid = yield StartKthread(name, given.has("signals"))
    yield from write(1, f"{pid}\n")
    return 0
