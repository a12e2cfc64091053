"""Simple commands as instructions: words, redirections, and the language's own commands."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from msgspec.structs import replace

from nsh.lang import instructions as op
from nsh.lang import tree
from nsh.lang.diagnostics import did_you_mean
from nsh.lang.mistakes import BUILTINS, SHELL, UsageProblem, problem
from nsh.lang.source import Span
from nsh.machine.program import Code

if TYPE_CHECKING:
    from nsh.lang.compiler import Compiler

Body: TypeAlias = Callable[[], None]
Parsed = TypeVar("Parsed")

_UNDER_GUARD = 3
"""Where a command's words stand while its redirections are in force: under the guard's mark and
what the redirection has to put back."""


def compile_simple(compiler: "Compiler", node: tree.Simple, *, tested: bool, last: bool) -> None:
    """Compile a simple command."""
    if not node.words:
        _assignments(compiler, node, tested)
        return
    name = node.words[0].literal
    own = _OWN.get(name or "")
    if own is not None:
        own(compiler, node, tested)
    elif name in BUILTINS:
        _built_in(compiler, node, tested)
    else:
        _command(compiler, node, tested, last)


def redirected(
    compiler: "Compiler",
    redirections: Sequence[tree.Redirection],
    body: Body,
    *,
    tested: bool,
    keep: bool = False,
) -> None:
    """Compile *body* with redirections in force; ``keep`` leaves them so."""
    if not redirections:
        body()
        return
    assembler = compiler.assembler
    after = assembler.label()
    plans: list[op.Plan] = []
    for item in redirections:
        if item.target is not None:
            compiler.words.value(item.target)
        if item.descriptor < 0:
            plans += [op.Plan(1, item.operator), op.Plan(2, ">&", 1)]
        else:
            plans.append(op.Plan(item.descriptor, item.operator, item.source))
    assembler.emit(op.Redirect(tuple(plans), keep, tested, after))
    if keep:
        body()
    else:
        guard = assembler.guard(op.Restore(), op.Rethrow(tested))
        body()
        assembler.unguard(guard)
    assembler.place(after)


def _assignments(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    """``name=value`` alone; its status is that of the last ``$( )`` in it."""
    assembler = compiler.assembler
    asking = any(
        isinstance(part, tree.Substitution)
        for item in node.assignments
        for part in item.value.parts
    )
    for item in node.assignments:
        compiler.words.value(item.value)
        assembler.emit(op.Assign(item.name))
    if not asking:
        assembler.emit(op.Status(0))  # only now, for a value may be `$?`
    redirected(compiler, node.redirections, lambda: None, tested=tested)
    if asking and not tested:
        assembler.emit(op.Check())


def _command(compiler: "Compiler", node: tree.Simple, tested: bool, last: bool) -> None:
    """A command of the userland, a function or another task's."""
    assembler, words = compiler.assembler, node.words
    argv = _literals(words)
    plain = not node.redirections and not node.assignments and node.block is None
    if argv is not None and plain:
        assembler.emit(op.Run(argv, tested, _rest(node, 1), last=last))
        return
    after = assembler.label()
    assigned = tuple(item.name for item in node.assignments)
    for item in node.assignments:
        compiler.words.value(item.value)
    head = words[0].literal
    if head is None:
        compiler.words.expand(words[:1])
    has_block = node.block is not None
    assembler.emit(op.Head(head, _rest(node, 1), after, tested, has_block, len(assigned)))
    if head is None:
        if len(words) > 1:
            compiler.words.expand(words[1:])
            assembler.emit(op.Join())
        argv = None
    elif argv is None:
        compiler.words.expand(words)
    held = len(assigned) + (argv is None)
    guarded = bool(node.redirections) and not last
    depth = _UNDER_GUARD if guarded else 1

    def run() -> None:
        assembler.emit(op.Run(argv, tested, None, assigned, depth, last))

    redirected(compiler, node.redirections, run, tested=tested, keep=last)
    if guarded and held:
        assembler.emit(op.Drop(held))
    assembler.place(after)


def _literals(words: Sequence[tree.Word]) -> tuple[str, ...] | None:
    """The words' values, if they are always the same."""
    values = tuple(word.literal for word in words)
    return None if None in values else tuple(value or "" for value in values)


def _rest(node: tree.Simple, index: int) -> Span | None:
    """Where the command that begins with word *index* stands; None if there is none."""
    edge = node.words[index - 1].span.end
    starts = [word.span.start for word in node.words[index:]]
    if node.block is not None:
        starts.append(node.block.span.start)
    if not starts:
        return None
    start = min(starts + [item.span.start for item in node.redirections])
    return Span(start, node.span.end) if start >= edge else None


def _misused(node: tree.Simple, help: str) -> Exception:
    return problem("NSH-E0312", node.span, node.words[0].literal or "", help=help)


def _bare(node: tree.Simple, most: int, help: str) -> None:
    """Refuse more than *most* words and anything that is no word."""
    if len(node.words) > most or node.redirections or node.assignments or node.block:
        raise _misused(node, help)


# ---- commands of the language itself


def _break(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    del tested
    name = node.words[0].literal or ""
    _bare(node, 1, f"write `{name}` alone")
    assembler = compiler.assembler
    if not assembler.loops:
        raise problem("NSH-E0311", node.span, name)
    loop = assembler.loops[-1]
    assembler.leave(loop.depth)
    assembler.emit(op.Jump(loop.after if name == "break" else loop.turn))


def _return(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    del tested
    _bare(node, 2, "write `return` or `return STATUS`")
    compiler.assembler.leave(0)
    for word in node.words[1:]:
        compiler.words.value(word)
    compiler.assembler.emit(op.Return(len(node.words) > 1))


def _trace(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    rest = _rest(node, 1)
    if rest is None:
        raise _misused(node, "write `trace COMMAND` or `trace { … }`")
    inner: tree.Statement = replace(node, words=node.words[1:], span=rest)
    if len(node.words) == 1 and node.block is not None:
        inner = tree.Group(node.block.span, node.block)
        if node.redirections:
            inner = tree.Redirected(node.span, inner, node.redirections)
    assembler = compiler.assembler
    assembler.emit(op.Trace(1))
    guard = assembler.guard(op.Trace(-1), op.Rethrow(tested))
    compiler.statement(inner, tested=False)
    assembler.unguard(guard)


def _as(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    usage = "write `as REF COMMAND`, `as REF { … }`, or `as REF` to move the prompt there"
    if len(node.words) == 1 or node.assignments:
        raise _misused(node, usage)
    rest = _rest(node, 2)
    code = None
    if rest is not None:
        if len(node.words) > 2:
            inner: tree.Statement = replace(node, words=node.words[2:], span=rest)
        elif node.block is not None and not node.redirections:
            inner = tree.Group(node.block.span, node.block)
        else:
            raise _misused(node, usage)
        code = compiler.nested(rest, (inner,))
    elif node.redirections or len(node.words) > 2:
        raise _misused(node, usage)
    compiler.words.value(node.words[1])
    compiler.assembler.emit(op.AsTask(code, tested))


def _exec(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    if (
        node.block is not None
        or node.assignments
        or (len(node.words) == 1 and not node.redirections)
    ):
        raise _misused(node, "write `exec COMMAND`, or `exec > FILE`")
    words = node.words[1:]
    if words:
        compiler.words.expand(words)

    def run() -> None:
        if words:
            compiler.assembler.emit(op.BuiltIn("exec", tested))
        else:
            compiler.assembler.emit(op.Status(0))

    redirected(compiler, node.redirections, run, tested=tested, keep=True)


def _spawn(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    from nsh.lang import spawning  # noqa: PLC0415  # nothing else in a script asks for it

    argv = _literals(node.words[1:])
    block = _nested_block(compiler, node)
    if argv is None or node.redirections or node.assignments:
        _general(compiler, node, tested, block)
        return
    order = _checked(node, lambda: spawning.parse_spawn(argv))
    if len(order.requests) > 1:
        _general(compiler, node, tested, block)
        return
    frames = spawning.frames(order, block)
    compiler.assembler.emit(op.Spawn(order.requests[0], tested, frames))


def _trap(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    from nsh.lang import trapping  # noqa: PLC0415  # the same

    argv = _literals(node.words[1:])
    if argv is not None:
        _checked(node, lambda: trapping.parse_trap(argv, node.block is not None))
    _general(compiler, node, tested, _nested_block(compiler, node))


def _nsh(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    """With a script to perform it is a program of its own, as every shell is: a child performs it.
    What it has become is compiled by its own name."""
    if len(node.words) == 1 or node.block is not None or compiler.name == SHELL:
        _built_in(compiler, node, tested)
        return
    word = node.words[0]
    inner = replace(
        node, assignments=(), words=(replace(word, literal="exec", parts=()), *node.words)
    )
    before = replace(node, words=(), redirections=(), block=None)
    statements = (before, inner) if node.assignments else (inner,)
    compiler.statement(tree.Subshell(node.span, tree.Block(node.span, statements)), tested=tested)


def _built_in(compiler: "Compiler", node: tree.Simple, tested: bool) -> None:
    """``policy``, ``profile``, ``read``, ``unset``."""
    if node.block is not None:
        raise problem("NSH-E0314", node.block.span, node.words[0].literal or "")
    _general(compiler, node, tested, None)


def _general(compiler: "Compiler", node: tree.Simple, tested: bool, block: Code | None) -> None:
    name = node.words[0].literal or ""
    if node.assignments:
        raise _misused(node, f"`{name}` takes no assignments in front")
    compiler.words.expand(node.words[1:])
    depth = _UNDER_GUARD if node.redirections else 1

    def run() -> None:
        compiler.assembler.emit(op.BuiltIn(name, tested, block, depth))

    redirected(compiler, node.redirections, run, tested=tested)
    if node.redirections:
        compiler.assembler.emit(op.Drop(1))


def _nested_block(compiler: "Compiler", node: tree.Simple) -> Code | None:
    if node.block is None:
        return None
    return compiler.nested(node.block.span, node.block.statements)


def _checked(node: tree.Simple, parse: Callable[[], Parsed]) -> Parsed:
    """What *parse* makes of literal words; a wrong command line is a syntax error."""
    try:
        return parse()
    except UsageProblem as error:
        span, code = node.span, "NSH-E0312"
        for word in node.words[1:]:
            if error.word and word.literal == error.word:
                span = word.span
        if error.signal:
            raise problem("NSH-E0313", span, error.word, error.names) from None
        help = did_you_mean(error.word, error.names)
        raise problem(code, span, node.words[0].literal or "", help=help or error.text) from None


_OWN: dict[str, Callable[["Compiler", tree.Simple, bool], None]] = {
    "break": _break,
    "continue": _break,
    "return": _return,
    "trace": _trace,
    "as": _as,
    "exec": _exec,
    "nsh": _nsh,
    "spawn": _spawn,
    "trap": _trap,
}
