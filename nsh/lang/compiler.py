"""From tree to code: statements, blocks and constructs.

A :class:`~nsh.machine.program.Code` is made from a stretch of source text alone, and the same
stretch makes the same code again (:func:`code_at`): that is how a stored program comes back.
"""

from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from nsh.lang import instructions as op
from nsh.lang import simple, tree
from nsh.lang.assembler import Assembler, Loop
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.mistakes import located
from nsh.lang.reading import parse_statements
from nsh.lang.shifting import shifted
from nsh.lang.source import Span
from nsh.lang.words import Words
from nsh.machine import program
from nsh.machine.program import Code, Function

PROMPT: Final = "<prompt>"
"""What messages call the text that a person types at a prompt."""
LINE: Final = "<line>"
"""The same of a shell on a terminal of the machine."""
_INTERACTIVE: Final = (PROMPT, LINE)


def compile_script(script: tree.Script) -> tuple[Code | None, ...]:
    """The code of each statement, None for narration.

    Raises SyntaxProblem for what is only wrong in its place: a ``break`` outside a loop, an
    unknown signal or option.
    """
    return tuple(
        None if isinstance(statement, tree.Narration) else compile_statement(script, statement)
        for statement in script.statements
    )


def compile_statement(script: tree.Script, statement: tree.Statement) -> Code:
    """The code of one statement of *script*.  Raises SyntaxProblem."""
    try:
        return _compile(script.source, script.name, statement.span, (statement,))
    except SyntaxProblem as error:
        raise located(error, script.source, script.name) from None


@lru_cache(maxsize=512)
def code_at(source: str, start: int, end: int, name: str) -> Code:
    """The code of a statement, block or command that stands at *start* to *end* of *source*.

    It is the very code that the whole script's compilation makes of it.  Raises SyntaxProblem.
    """
    try:
        statements = parse_statements(source[start:end])
    except SyntaxProblem as error:
        moved = replace(error.diagnostic, span=shifted(error.diagnostic.span, start))
        raise located(SyntaxProblem(moved), source, name) from None
    try:
        return _compile(source, name, Span(start, end), shifted(statements, start))
    except SyntaxProblem as error:
        raise located(error, source, name) from None


@program.compiles
def _again(source: str, start: int, end: int, name: str) -> Code:
    """The code of a program that comes from elsewhere."""
    try:
        return code_at(source, start, end, name)
    except SyntaxProblem as problem:
        raise ValueError(problem.diagnostic.cause) from None


def _compile(source: str, name: str, span: Span, statements: tuple[tree.Statement, ...]) -> Code:
    compiler = Compiler(source, name)
    for statement in statements:
        compiler.statement(statement, tested=False)
    return compiler.assembler.finish(source, span.start, span.end, name)


class Compiler:
    """Compiles one block."""

    def __init__(self, source: str, name: str) -> None:
        self.source = source
        self.name = name
        self.assembler = Assembler()
        self.words = Words(self.assembler, self._apart)

    def nested(self, span: Span, statements: tuple[tree.Statement, ...]) -> Code:
        """The code of a block that is performed on its own: by another task, or later."""
        return _compile(self.source, self.name, span, statements)

    def statement(self, node: tree.Statement, *, tested: bool, last: bool = False) -> None:
        """Compile *node*.  ``last``: nothing of the program is needed behind it."""
        around = self.assembler.span
        self.assembler.span = (node.span.start, node.span.end)
        self._statement(node, tested, last)
        self.assembler.span = around

    def _statement(self, node: tree.Statement, tested: bool, last: bool) -> None:
        emit = self.assembler.emit
        match node:
            case tree.Simple():
                simple.compile_simple(self, node, tested=tested, last=last)
            case tree.Comparison():
                self.words.value(node.left)
                self.words.value(node.right)
                emit(op.Compare(node.operator))
                self._checked(tested)
            case tree.Group():
                self.guarded(node.block, tested=tested)
            case tree.Redirected():
                simple.redirected(
                    self,
                    node.redirections,
                    lambda: self.statement(node.body, tested=False),
                    tested=tested,
                )
            case tree.Not():
                self.statement(node.body, tested=True)
                emit(op.Negate())
            case tree.AndOr():
                self._and_or(node, tested)
            case tree.Pipeline():
                self._children(node.parts, tested, piped=True)
            case tree.Subshell():
                self._children((tree.Group(node.block.span, node.block),), tested, piped=False)
            case tree.Par():
                parts = (node.left, node.right)
                groups = tuple(tree.Group(block.span, block) for block in parts)
                self._children(groups, tested, piped=False)
            case tree.Background():
                self._background(node)
            case tree.If():
                self._if(node, tested)
            case tree.While() | tree.For() | tree.Repeat():
                self._contained(lambda: self._loop(node), tested=tested)
            case tree.Define():
                body = self.nested(node.body.span, node.body.statements)
                emit(op.Define(Function(node.name, node.parameters, body)))
            case tree.Expect() | tree.ExpectOutput() | tree.ExpectFailure():
                self._expect(node)
            case tree.Narration():
                pass

    def block(self, block: tree.Block) -> None:
        """Compile a block in place."""
        for statement in block.statements:
            self.statement(statement, tested=False)

    def guarded(self, block: tree.Block, *, tested: bool) -> None:
        """Compile a block in place, so that a failure leaves it whole."""
        self._contained(lambda: self.block(block), tested=tested)

    def _contained(self, body: "simple.Body", *, tested: bool) -> None:
        if not tested:
            body()
            return
        guard = self.assembler.guard(op.Rethrow(tested=True))
        body()
        self.assembler.unguard(guard)

    def _checked(self, tested: bool) -> None:
        if not tested:
            self.assembler.emit(op.Check())

    def _apart(self, block: tree.Block) -> None:
        """Compile a block in place that no ``break`` may leave."""
        loops, self.assembler.loops = self.assembler.loops, []
        self.block(block)
        self.assembler.loops = loops

    # ---- joined commands

    def _and_or(self, node: tree.AndOr, tested: bool) -> None:
        assembler = self.assembler
        operands = [node.first, *(operand for _, operand in node.rest)]
        operators = [operator for operator, _ in node.rest]
        for index, operand in enumerate(operands):
            if index:
                skip = assembler.label()
                assembler.emit(op.Branch(operators[index - 1] == "||", skip))
            final = index == len(operands) - 1
            self.statement(operand, tested=tested or not final)
            if index:
                assembler.place(skip)

    def _children(self, parts: tuple[tree.Statement, ...], tested: bool, *, piped: bool) -> None:
        assembler = self.assembler
        after = assembler.label()
        targets = tuple(assembler.label() for _ in parts)
        assembler.emit(op.Children(targets, piped), op.Jump(after))
        for target, part in zip(targets, parts, strict=True):
            assembler.place(target)
            self._child(part)
        assembler.place(after)
        self._checked(tested)

    def _background(self, node: tree.Background) -> None:
        assembler = self.assembler
        child, after = assembler.label(), assembler.label()
        fork = op.Job(child) if self.name in _INTERACTIVE else op.Fork(child)
        assembler.emit(fork, op.Jump(after))
        assembler.place(child)
        self._child(node.body)
        assembler.place(after)

    def _child(self, part: tree.Statement) -> None:
        """What a forked child performs, and its end; nothing around it concerns the child."""
        assembler = self.assembler
        kept = assembler.loops, assembler.cleanups
        assembler.loops, assembler.cleanups = [], []
        self.statement(part, tested=False, last=True)
        assembler.emit(op.End())
        assembler.loops, assembler.cleanups = kept

    # ---- constructs

    def _if(self, node: tree.If, tested: bool) -> None:
        assembler = self.assembler
        after = assembler.label()
        for condition, block in node.branches:
            otherwise = assembler.label()
            self.statement(condition, tested=True)
            assembler.emit(op.Branch(False, otherwise))
            self.guarded(block, tested=tested)
            assembler.emit(op.Jump(after))
            assembler.place(otherwise)
        assembler.emit(op.Status(0))
        if node.otherwise is not None:
            self.guarded(node.otherwise, tested=tested)
        assembler.place(after)

    def _loop(self, node: tree.While | tree.For | tree.Repeat) -> None:
        assembler = self.assembler
        after, leave = assembler.label(), assembler.label()
        held = 0
        if isinstance(node, tree.For):
            self.words.expand(node.words)
            assembler.emit(op.Push(0), op.Status(0))
            held = 2
        elif isinstance(node, tree.Repeat):
            self.words.value(node.count)
            assembler.emit(op.Count(), op.Status(0))
            held = 1
        turn = assembler.here()
        if isinstance(node, tree.While):
            self.statement(node.condition, tested=True)
            assembler.emit(op.Branch(False, leave))
        elif isinstance(node, tree.For):
            assembler.emit(op.Each(node.name, after))
        else:
            assembler.emit(op.Turn(after))
        assembler.loops.append(Loop(turn, leave, len(assembler.cleanups)))
        self.block(node.body)
        assembler.loops.pop()
        assembler.emit(op.Jump(turn))
        assembler.place(leave)
        assembler.emit(op.Drop(held) if held else op.Status(0))
        assembler.place(after)

    def _expect(self, node: tree.Expect | tree.ExpectOutput | tree.ExpectFailure) -> None:
        emit, span = self.assembler.emit, node.span
        if isinstance(node, tree.ExpectOutput):
            emit(op.Capture())
            guard = self.assembler.guard(op.Release())
            self.block(node.body)
            self.assembler.unguard(guard)
            self.words.value(node.wanted)
            emit(op.ExpectOutput(span, node.matches))
        elif isinstance(node, tree.ExpectFailure):
            emit(op.Forget())
            guard = self.assembler.guard()
            self.block(node.body)
            self.assembler.unguard(guard)
            emit(op.ExpectFailure(span, node.errno))
        elif isinstance(node.condition, tree.Comparison):
            self.words.value(node.condition.left)
            self.words.value(node.condition.right)
            emit(op.ExpectComparison(span, node.condition.operator))
        else:
            self.statement(node.condition, tested=True)
            emit(op.ExpectStatus(span))
