"""The tools of Smack: smackload, chsmack, and smacklabel for what /proc/PID/attr/current is."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.smack import GetFileLabel, GetLabel, GetRules, LoadRule, SetFileLabel, SetLabel
from nsh.userland.children import apart, execute
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write


@command(
    "smackload",
    "let SUBJECT do ACCESS (of rwxat) to OBJECT, or list all rules",
    Topic.CONTAINERS,
    operands=(
        optional("SUBJECT", Kind.NAME),
        optional("OBJECT", Kind.NAME),
        optional("ACCESS", Kind.NAME),
    ),
    man="smackload(8)",
    gap="a rule on the command line instead of a file; needs policy lsm smack",
    examples=("policy lsm smack; smackload Web Db r; smackload",),
    see=("smacklabel", "chsmack", "policy"),
    rows=("N13",),
)
def smackload(call: Invocation, given: Given) -> Running:
    """A rule in place of one of the same labels."""
    if not given.operands:
        rules: tuple[str, ...] = yield GetRules()
        yield from write(1, "".join(f"{rule}\n" for rule in rules))
        return 0
    if len(given.operands) != 3:
        raise UsageError("a rule has a subject, an object and an access")
    yield LoadRule(*given.operands)
    return 0


@command(
    "chsmack",
    "print the labels of FILEs, or set them",
    Topic.CONTAINERS,
    options=(option("-a, --access=LABEL", "give them LABEL", Kind.NAME),),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="chsmack(8)",
    gap="without labels for execution and transmutation; needs policy lsm smack to set one",
    examples=("policy lsm smack; touch /tmp/f; chsmack -a Web /tmp/f; chsmack /tmp/f",),
    see=("smacklabel", "smackload"),
    rows=("N13",),
)
def chsmack(call: Invocation, given: Given) -> Running:
    """``FILE access="LABEL"`` each."""
    for path in given.operands:
        if given.has("access"):
            yield SetFileLabel(path, given.get("access"))
        else:
            label: str = yield GetFileLabel(path)
            yield from write(1, f'{path} access="{label}"\n')
    return 0


@command(
    "smacklabel",
    "print the label of PID, take LABEL, or perform COMMAND under it",
    Topic.CONTAINERS,
    options=(option("-p, --pid=PID", "whose label to print", Kind.PID),),
    operands=(
        optional("LABEL", Kind.NAME),
        optional("COMMAND", Kind.COMMAND, many=True),
    ),
    gap="reads and writes what on Linux is /proc/PID/attr/current; needs policy lsm smack",
    examples=("policy lsm smack; spawn web; web smacklabel Web; smacklabel -p web",),
    see=("smackload", "chsmack", "ps"),
    rows=("N13",),
    stops=True,
)
def smacklabel(call: Invocation, given: Given) -> Running:
    """Who has taken a label has it for good."""
    if not given.operands:
        pid = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
        yield from write(1, f"{(yield GetLabel(pid))}\n")
        return 0
    label, *argv = given.operands
    if not argv:
        yield SetLabel(label)
        return 0

    def work() -> Running:
        yield SetLabel(label)
        return (yield from execute(call, argv))

    return (yield from apart(call, work))
