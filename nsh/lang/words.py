"""Words as instructions: constants stay constants, the rest becomes templates."""

from collections.abc import Callable, Iterable, Sequence

from nsh.lang import instructions as op
from nsh.lang import templates, tree
from nsh.lang.assembler import Assembler

Inline = Callable[[tree.Block], None]
"""Compiles a block in place."""


class Words:
    """Compiles words for one block; *inline* compiles what stands in ``$( )``."""

    def __init__(self, assembler: Assembler, inline: Inline) -> None:
        self._assembler = assembler
        self._inline = inline

    def expand(self, words: Sequence[tree.Word]) -> None:
        """Push the fields of *words* as one tuple."""
        found, operands = self._templates(words)
        self._assembler.emit(op.Expand(found, operands))

    def value(self, word: tree.Word) -> None:
        """Push *word* as one string."""
        (template,), operands = self._templates([word])
        self._assembler.emit(op.Value(template, operands))

    def _templates(self, words: Iterable[tree.Word]) -> tuple[tuple[templates.Template, ...], int]:
        """The templates, once what they need on the stack has been pushed.

        As soon as one part has to ask something, all are evaluated in the order in which they
        stand: ``$(x=2)`` must not change an ``$x`` before it.
        """
        words = tuple(words)
        asking = any(_asks(part) for word in words for part in word.parts)
        found: list[templates.Template] = []
        count = 0
        for word in words:
            if word.literal is not None:
                found.append(word.literal)
                continue
            pieces: list[templates.Piece] = []
            for part in word.parts:
                piece, pushed = self._piece(part, asking)
                pieces.append(piece)
                count += pushed
            found.append(tuple(pieces))
        return tuple(found), count

    def _piece(self, part: tree.Part, asking: bool) -> tuple[templates.Piece, int]:
        """The piece of a template that *part* becomes, and how many values it pushed."""
        if isinstance(part, tree.Text):
            return part.text, 0
        if isinstance(part, tree.Wild):
            return templates.Wild(part.text), 0
        if isinstance(part, tree.Arithmetic):
            formula, pushed = self._formula(part.expression, asking)
            return templates.Computed(formula), pushed
        if not asking and isinstance(part, tree.Variable):
            return templates.Slot(part.name, part.quoted), 0
        self._push(part)
        return templates.Operand(part.quoted), 1

    def _push(self, part: tree.Variable | tree.Substitution | tree.Parameter) -> None:
        emit = self._assembler.emit
        if isinstance(part, tree.Parameter):
            self._parameter(part)
        elif isinstance(part, tree.Substitution):
            emit(op.Capture())
            guard = self._assembler.guard(op.Release())
            self._inline(part.body)
            self._assembler.unguard(guard)
        else:
            self._load(part.name)

    def _load(self, name: str) -> None:
        plain = name.removeprefix("#")
        if plain not in op.IDENTITIES:
            self._assembler.emit(op.Load(name))
            return
        self._assembler.emit(op.Identity(plain))
        if plain != name:
            self._assembler.emit(op.Length())

    def _parameter(self, part: tree.Parameter) -> None:
        assembler, name, operator = self._assembler, part.name, part.operator
        word = tree.Word(part.span, None, part.word)
        if operator[0] in "#%":
            self._load(name)
            (template,), operands = self._templates([word])
            assembler.emit(op.Quote(template, operands), op.Trim(operator))
            return
        if name in op.IDENTITIES and operator[-1] != "+":  # which nobody is without
            self._load(name)
            return
        after = assembler.label()
        if name not in op.IDENTITIES:
            assembler.emit(op.Default(name, operator, after))
        (template,), operands = self._templates([word])
        if operator[-1] in "-+" and not part.quoted:
            assembler.emit(op.Runs(template, operands))
        else:
            assembler.emit(op.Value(template, operands))
        if operator[-1] == "=":
            assembler.emit(op.Assign(name), op.Load(name))
        elif operator[-1] == "?":
            assembler.emit(op.Missing(name, operator))
        assembler.place(after)

    def _formula(self, node: tree.Expression, asking: bool) -> tuple[templates.Formula, int]:
        if isinstance(node, tree.Number):
            return node.value, 0
        if isinstance(node, tree.Signed):
            operand, pushed = self._formula(node.operand, asking)
            return templates.Prefix(node.operators, operand), pushed
        if isinstance(node, tree.Chain):
            first, count = self._formula(node.first, asking)
            rest: list[tuple[str, templates.Formula]] = []
            for sign, operand_node in node.rest:
                operand, pushed = self._formula(operand_node, asking)
                rest.append((sign, operand))
                count += pushed
            return templates.Series(first, tuple(rest)), count
        if isinstance(node, tree.Choice):
            parts = [
                self._formula(part, asking) for part in (node.condition, node.then, node.otherwise)
            ]
            return templates.Choice(*(part for part, _ in parts)), sum(count for _, count in parts)
        if not asking and isinstance(node, tree.Variable):
            return templates.Slot(node.name, quoted=True), 0
        self._push(node)
        return templates.Operand(quoted=True), 1


def _asks(part: tree.Part | tree.Expression) -> bool:
    """Whether *part* has to ask the kernel for its value."""
    match part:
        case tree.Substitution() | tree.Parameter():
            return True
        case tree.Variable():
            return part.name.removeprefix("#") in op.IDENTITIES
        case tree.Arithmetic():
            return _asks(part.expression)
        case tree.Signed():
            return _asks(part.operand)
        case tree.Chain():
            return _asks(part.first) or any(_asks(operand) for _, operand in part.rest)
        case tree.Choice():
            return any(map(_asks, (part.condition, part.then, part.otherwise)))
    return False
