"""The mistakes people make, each with its code, its examples and what to do about it.

A mistake of *structure* is recognised by example: a text whose parse stops in the same state as an
example's does is the same mistake (the table below is the test table, too).  The others are found
by whoever knows the rule: the check of characters, the builder, the compiler.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.lang.diagnostics import Diagnostic, SyntaxProblem, did_you_mean
from nsh.lang.source import Span
from nsh.machine.record import Record


class Mistake(Record):
    """One way to be wrong.  ``{}`` in its texts stands for the detail in question."""

    code: str
    cause: str
    label: str = ""
    help: str = ""
    examples: tuple[str, ...] = ()


STRUCTURE: Final = (
    Mistake(
        "NSH-E0211",
        "something is missing before this",
        "expected `;` or a new line",
        "a block ends its command: put `;` or a new line behind `}`",
        (
            "spawn w { a } b",
            "if a { b } c",
            "{ a } b",
            "( a ) b",
            "def f() { a } b",
            "par {a} {b} c",
        ),
    ),
    Mistake(
        "NSH-E0209",
        "nothing is open here that this could close",
        "",
        "take it away, or put it in quotes",
        ("}", "a }", ")", "a )", "a; }", "{ a ) }", "( a } )", "$(a } )", "(a; }", "{ a; )"),
    ),
    Mistake(
        "NSH-E0210",
        "a parenthesis cannot stand here",
        "",
        "put it in quotes; a subshell `( … )` stands where a command may begin",
        ("echo (a)", "echo $x(a)", "echo a b(c)", "x=(a b)", "echo > f(x)", "for x in (a b) {"),
    ),
    Mistake(
        "NSH-E0214",
        "a command is missing in the condition",
        "",
        "write `if COMMAND { … }` or `if A == B { … }`",
        ("if {", "while {", "if ;", "if\n", "while;", "if > f {", "if !{", "if && a {"),
    ),
    Mistake(
        "NSH-E0201",
        "a condition is followed by a block in braces",
        "expected `{` here",
        "write `if COND { … } else { … }` and `while COND { … }`, with `{` on the same line",
        (
            "if true; then",
            "if true\n{",
            "while true; do",
            "if a == b; then",
            "if a == b\n{",
            "if a b; then",
            "if a b\n{",
            "if a | b;",
            "if a | b\n",
            "if $x == b;",
            "while a && b; do",
        ),
    ),
    Mistake(
        "NSH-E0202",
        "this is not how a `for` begins",
        "",
        "write `for NAME in WORDS { … }`, with `{` on the same line",
        (
            "for",
            "for x",
            "for x in",
            "for x in a",
            "for {",
            "for $x in a {",
            "for ((",
            "for x {",
            "for x; do",
            "for x in a b; do",
            "for x in a b\n{",
            "for x in; do",
            "for x in\n{",
        ),
    ),
    Mistake(
        "NSH-E0203",
        "`repeat` takes one number and a block",
        "",
        "write `repeat 3 { … }`, with `{` on the same line",
        ("repeat {", "repeat 3 echo hi", "repeat 3; do", "repeat 3\n{", "repeat $n echo"),
    ),
    Mistake(
        "NSH-E0204",
        "this is not how a function is defined",
        "",
        "write `def NAME(FIRST, SECOND) { … }`: parameters have names, and `{` is on the same line",
        (
            "def {",
            "def f(;",
            "def f()",
            "def f(a)",
            "def f($a) {",
            "def f(a b) {",
            "def f(a,) {",
            "def f() echo",
            "def f()\n{",
            "def f\n",
            "def f(a); echo",
            "f() {",
            "f(a) {",
        ),
    ),
    Mistake(
        "NSH-E0205",
        "this is not how an expectation is written",
        "",
        "write `expect A == B`, or `expect { … }` with `prints …`, `matches /…/`, `fails …`",
        (
            "expect",
            "expect;",
            "expect a == b c",
            "expect { ps } prints",
            "expect { ps } prints;",
            "expect { ps } matches;",
            "expect { ps } fails 3",
            'expect { ps } prints "a" "b"',
        ),
    ),
    Mistake(
        "NSH-E0206",
        "`par` takes two blocks",
        "",
        "write `par { … } { … }` on one line, or with `} {` between the two",
        ("par a b", "par { a }", "par { a };", "par { a }\n{ b }"),
    ),
    Mistake(
        "NSH-E0207",
        "there is no command on one side of this",
        "expected a command",
        "`|`, `&&` and `||` stand between two commands; `;` and `&` behind one",
        (
            "| a",
            "a |",
            "a | | b",
            "a | ;",
            "a &&",
            "&& a",
            "a && ;",
            "a && && b",
            "a ||",
            "a || ;",
            "|| a",
            "; a",
            "a ; ; b",
            "& a",
            "a & & b",
            "a & ; b",
            "if a && {",
            "if a | {",
            "! ;",
            "!",
        ),
    ),
    Mistake(
        "NSH-E0208",
        "a redirection needs a file",
        "expected a word",
        "write `> FILE`, `>> FILE`, `< FILE`, `<<< TEXT` or `2>&1`",
        (
            "echo >",
            "echo > ;",
            "cat < | wc",
            "echo >> &",
            "> ;",
            "echo > > f",
            "{ a } > ;",
            "a 2>&",
            "a >&3-",
        ),
    ),
    Mistake(
        "NSH-E0212",
        "this is no arithmetic",
        "",
        "write `$((A + B))` with + - * / %, comparisons, && || !, & | ^ ~ << >>, A ? B : C",
        (
            "echo $(())",
            "echo $((1 +))",
            "echo $((1 2))",
            "echo $((+))",
            "echo $((1 < ))",
            "echo $((x = 1))",
            "echo $((a ? 1))",
            "echo $((())",
            "echo $(((1) 2))",
            "echo $((1;2))",
        ),
    ),
    Mistake(
        "NSH-E0213",
        "`else` is followed by a block or another `if`",
        "expected `{` or `if`",
        "write `else { … }`, with `{` on the same line",
        ("if a { b } else c", "if a { b } else;", "if a { b } else\n{"),
    ),
)
"""Recognised by example; the first that fits names the mistake."""

OTHERS: Final = (
    Mistake("NSH-E0001", "the text holds {}", "here", "a script is plain text: take it away"),
    Mistake("NSH-E0003", "this is no script, but a stored machine"),
    Mistake("NSH-E0002", "blocks and brackets are nested too deeply", "level {}", "use a `def`"),
    Mistake("NSH-E0100", "unexpected {}"),
    Mistake("NSH-E0101", "this block is never closed", "opened here", "close it with `}`"),
    Mistake("NSH-E0102", "this parenthesis is never closed", "opened here", "close it with {}"),
    Mistake("NSH-E0103", "this quote is never closed", "opened here", "close it with {}"),
    Mistake("NSH-E0104", "nothing follows the backslash", "", "a backslash itself is `\\\\`"),
    Mistake(
        "NSH-E0105",
        "there are no positional parameters: {}",
        "",
        "a function names its parameters: def f(name) { echo $name }",
    ),
    Mistake(
        "NSH-E0106",
        "this is no variable",
        "",
        "write `$name`, `${name}`, `${#name}`, or `${name:-text}` with one of `:- := :? :+ # ## % "
        "%%`; for a dollar sign, `'$'`",
    ),
    Mistake("NSH-E0107", "this looks like a blank, but is {}", "here", "type an ordinary blank"),
    Mistake(
        "NSH-E0108",
        "this is not how a here-document begins",
        "",
        'write `<<EOF`, its text on the lines below, and EOF alone on a line; or `<<< "text"`',
    ),
    Mistake("NSH-E0109", "{} is not part of the language", "", "put it in quotes to mean itself"),
    Mistake("NSH-E0110", "this expansion is never closed", "opened here", "close it with {}"),
    Mistake(
        "NSH-E0111",
        "this here-document is never closed",
        "opened here",
        "close it with a line that is nothing but {}",
    ),
    Mistake(
        "NSH-E0112",
        "behind a here-document stands no more than the rest of its command",
        "",
        "put it in braces, line by line: `{`, `cat <<EOF`, its text, `EOF`, `} | …`",
    ),
    Mistake("NSH-E0301", "{} belongs to another shell", "", ""),
    Mistake("NSH-E0302", "{} cannot be a function's name", "", "it has a meaning of its own"),
    Mistake("NSH-E0303", "there is no errno called {}", "", "errno(3) names them all"),
    Mistake("NSH-E0304", "this is no regular expression: {}", "", "its syntax is Python's"),
    Mistake("NSH-E0305", "two parameters are called {}", "", "give each a name of its own"),
    Mistake("NSH-E0306", "there is no descriptor {}", "", "descriptors are 0 to 255"),
    Mistake(
        "NSH-E0307", "{} is one word, so nothing is compared", "", "put blanks around the sign"
    ),
    Mistake("NSH-E0309", "backquotes cannot hold backquotes", "", "write `$( … )` instead"),
    Mistake("NSH-E0310", "the number {} is too large", "", "numbers have 64 bits"),
    Mistake("NSH-E0311", "{} is not inside a loop", "", "it belongs in `while`, `for` or `repeat`"),
    Mistake("NSH-E0312", "this is not how `{}` is used", "", ""),
    Mistake("NSH-E0313", "there is no signal called {}", "", "`trap -l` lists them"),
    Mistake("NSH-E0315", "{} cannot stand here", "", "it begins a statement: put it in a block"),
    Mistake("NSH-E0316", "an operand is missing", "", "write `A {} B`"),
    Mistake("NSH-E0314", "{} takes no block", "", "put a brace in quotes to mean itself"),
)

_BY_CODE: Final = {mistake.code: mistake for mistake in STRUCTURE + OTHERS}

_FOREIGN: Final = {
    "then": "write `if COND { … }`",
    "elif": "write `else if COND { … }`",
    "else": "`else` follows the `}` of an `if`",
    "fi": "a block ends with `}`",
    "do": "write `while COND { … }`",
    "done": "a block ends with `}`",
    "until": "write `while ! COND { … }`",
    "case": "write `if $x == a { … } else if $x == b { … }`",
    "esac": "a block ends with `}`",
    "select": "write `for NAME in WORDS { … }`",
    "function": "write `def NAME(PARAMETERS) { … }`",
    "export": "every variable is in the environment: write NAME=value",
    "declare": "write NAME=value",
    "typeset": "write NAME=value",
    "local": "a function's parameters are its own; all else is shared: write NAME=value",
    "let": "write NAME=$((…))",
    ":": "write `true`; `{ }` is an empty block",
    ".": "`nsh FILE` performs a script in a child",
    "[[": "write `if A == B { … }`, or `test`",
    "prints": "write `expect { … } prints TEXT`",
    "matches": "write `expect { … } matches /REGEX/`",
    "fails": "write `expect { … } fails ERRNO`",
}
"""Words that no command is called, for they would be typed for another shell's sake."""

KEYWORDS: Final = frozenset({"if", "else", "while", "for", "in", "repeat", "par", "def", "expect"})
SHELL: Final = "nsh"
"""The one that is a program, too: nsh.lang.shell."""
BUILTINS: Final = frozenset(
    {"as", "break", "continue", "exec", "export", "policy", "profile"}
    | {SHELL, "read", "return", "spawn", "trace", "trap", "unset"}
)
"""Commands that the language itself performs, for they need a block, a variable or the
puppeteer."""


def problem(
    code: str, span: Span, detail: str = "", names: Iterable[str] = (), help: str = ""
) -> SyntaxProblem:
    """The error to raise; the parser adds the source.  *names*: what could have been meant."""
    mistake = _BY_CODE[code]
    shown = f"`{detail}`" if code >= "NSH-E0300" and code != "NSH-E0304" else detail
    remedy = help or did_you_mean(detail, names) or mistake.help.replace("{}", detail)
    return SyntaxProblem(
        Diagnostic(
            code,
            mistake.cause.replace("`{}`", shown).replace("{}", shown),
            "",
            "",
            span,
            mistake.label.replace("{}", detail),
            remedy,
        )
    )


def is_plain(name: str) -> bool:
    """Whether a command of that name raises no question: no keyword, no other shell's word."""
    return name not in KEYWORDS and name not in _FOREIGN


def check_name(name: str, span: Span, defining: bool = False, first: str = "") -> None:
    """Refuse a command or function called as none can be.  *first*: the word behind it."""
    if name in _FOREIGN and (name, first) != ("export", "proc"):
        raise problem("NSH-E0301", span, name, help=_FOREIGN[name])
    if name in ("==", "!=", "<=", ">="):
        raise problem("NSH-E0316", span, name)
    if name in KEYWORDS and not defining:
        raise problem("NSH-E0315", span, name)
    if defining and (name in KEYWORDS or name in BUILTINS):
        raise problem("NSH-E0302", span, name)


def located(error: SyntaxProblem, source: str, name: str) -> SyntaxProblem:
    """The same error, told where it happened."""
    return SyntaxProblem(replace(error.diagnostic, source=source, name=name))


class UsageProblem(Exception):
    """A command line that ``spawn`` or ``trap`` does not understand; its text says why."""

    def __init__(
        self, text: str, word: str = "", names: tuple[str, ...] = (), *, signal: bool = False
    ) -> None:
        super().__init__(text)
        self.text = text
        self.word = word
        """The word that is wrong, "" if it is the whole."""
        self.names = names
        """What could have been meant."""
        self.signal = signal
        """The word should have been a signal."""
