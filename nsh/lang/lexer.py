"""The language for Pygments: what colours it in the line shell, the TUI, exports and documents.

Registered as a plugin, so that any program that uses Pygments knows ``.nsh``.  It follows
``grammar/nsh.lark`` piece by piece, but takes any text, finished or not, and loses nothing of it:
half a line is what a prompt mostly sees.
"""

from typing import Any, ClassVar, Final

from pygments import lexer as regex
from pygments.lexer import RegexLexer, default, include, this, words
from pygments.token import (
    Comment,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from nsh.lang.mistakes import BUILTINS

_END: Final = r"(?![^\s;&|<>(){}])"
"""A word ends here, as the grammar has it."""
_DELIMITER: Final = r"['\"]?\\?(?P<end>[^\s;&|<>(){}'\"$`\\]+)['\"]?"
"""Of a here-document."""
_REF: Final = r"[A-Za-z0-9_.+-]*:[0-9]+"
_GAP: Final = r"(?:[ \t]|\\\n)+"
bygroups: Final[Any] = regex.bygroups  # pygments leaves both without types
using: Final[Any] = regex.using
_REST: Final = using(this, state=("root", "arguments"))
"""The rest of a line whose command is under way."""
_PREFIXES: Final = ("exec", "trace")
"""Built-in commands with another command behind them."""


class NshLexer(RegexLexer):
    """Lexes nsh scripts, and lines as they are being typed."""

    name = "nsh"
    url = "https://pypi.org/project/nsh-explorer/"
    # pygments gives "nsh" to the scripts of an installer, and asks no plugin for what it has
    aliases: ClassVar[list[str]] = ["nsh-explorer", "nsh"]
    filenames: ClassVar[list[str]] = ["*.nsh"]
    mimetypes: ClassVar[list[str]] = ["text/x-nsh"]

    tokens: ClassVar[dict[str, list[Any]]] = {
        # Where a command may begin.
        "root": [
            (r"#:[^\n]*", Comment.Special),
            include("blank"),
            (r"\n", Whitespace),
            (rf"(!|if|else|while|par|expect){_END}", Keyword),
            (rf"(repeat|prints|fails){_END}", Keyword, "arguments"),
            (rf"(matches)({_END}[ \t]*)", bygroups(Keyword, Whitespace), ("arguments", "regex")),
            (rf"for{_END}", Keyword, ("arguments", "in", "variable")),
            (
                rf"(def)({_GAP})([A-Za-z_][A-Za-z0-9_-]*)",
                bygroups(Keyword, Whitespace, Name.Function),
                "parameters",
            ),
            (rf"def{_END}", Keyword, "arguments"),
            (rf"(as)({_GAP})(?=[^\s;&|<>(){{}}])", bygroups(Name.Builtin, Whitespace), "target"),
            (words(_PREFIXES, suffix=_END), Name.Builtin),
            (words(sorted(BUILTINS), suffix=_END), Name.Builtin, "arguments"),
            (r"([A-Za-z_]\w*)(=)", bygroups(Name.Variable, Operator), "value"),
            (rf"{_REF}{_END}", Name.Entity),
            include("redirections"),
            (r"\{", Punctuation, "#push"),
            (r"\(", Punctuation, "#push"),
            (r"[})]", Punctuation, "#pop"),
            (r"&&|\|\||[;&|]", Punctuation),
            (r",", Punctuation),
            default(("arguments", "command")),
        ],
        "blank": [
            (_GAP, Whitespace),
            (r"#(?<![^\s;&|<>(){}]#)[^\n]*", Comment.Single),
            (r"[^\S\n]+", Whitespace),  # blanks that are none: an error to the parser
        ],
        "redirections": [
            (
                rf"([0-9]*<<-?)([ \t]*)({_DELIMITER})([^\n]*)(\n)([\s\S]*?)"
                r"(?:(?<=\n)(\t*(?P=end))(?=\n|\Z)|\Z)",
                bygroups(
                    *(Operator, Whitespace, String.Heredoc, None, _REST, Whitespace),
                    *(String.Heredoc, String.Heredoc),
                ),
            ),
            (
                rf"([0-9]*<<-?)([ \t]*)({_DELIMITER})",
                bygroups(Operator, Whitespace, String.Heredoc),
            ),
            (r"[0-9]*[<>]&[0-9-]" + _END, Operator),
            (r"(?:[0-9]*(?:>>|>|<<<|<)|&>>?)", Operator),
        ],
        # The first word.
        "command": [
            (r"[^\s;&|<>(){}'\"$`\\]+", Name.Function),
            include("parts"),
            default("#pop"),
        ],
        # Behind it.
        "arguments": [
            include("blank"),
            (r"\n", Whitespace, "#pop"),
            (r"&>>?", Operator),
            (r"&&|\|\||[;&|]", Punctuation, "#pop"),
            (r"\{", Punctuation, ("#pop", "root")),
            (r"\(", Punctuation, ("#pop", "root")),
            (r"[})]", Punctuation, "#pop:2"),
            (rf"(?:==|!=){_END}|[<>]=", Operator),
            include("redirections"),
            (r"--?[A-Za-z][A-Za-z0-9-]*(?==)", Name.Attribute, "word"),
            (rf"--?[A-Za-z0-9][A-Za-z0-9-]*{_END}", Name.Attribute),
            (rf"-?(?:0[xX][0-9A-Fa-f]+|[0-9]+){_END}", Number),
            (rf"{_REF}{_END}", Name.Entity),
            (rf"E[A-Z][A-Z0-9]+{_END}", Name.Exception),
            (
                rf"(?:SIG)?(?:HUP|INT|QUIT|KILL|TERM|STOP|CONT|TSTP|CHLD|USR[12]){_END}",
                Name.Constant,
            ),
            (r"(?=[^\s;&|<>(){}])", Literal, "word"),
        ],
        "word": [
            (r"\.{0,2}/[^\s;&|<>(){}'\"$`\\]*", Name.Namespace),
            (r"[^\s;&|<>(){}'\"$`\\/]+", Literal),
            include("parts"),
            default("#pop"),
        ],
        "value": [include("word")],
        "target": [
            (rf"{_REF}{_END}", Name.Entity, "#pop"),
            (r"[^\s;&|<>(){}'\"$`\\]+", Name.Entity),
            include("parts"),
            default("#pop"),
        ],
        "variable": [(_GAP, Whitespace), (r"[A-Za-z_]\w*", Name.Variable, "#pop"), default("#pop")],
        "in": [(_GAP, Whitespace), (rf"in{_END}", Keyword, "#pop"), default("#pop")],
        "regex": [
            (r"/(?:[^/\\\n]|\\[^\n])+/" + _END, String.Regex, "#pop"),
            default("#pop"),
        ],
        "parameters": [
            (_GAP, Whitespace),
            (r"[A-Za-z_]\w*", Name.Variable),
            (r"[(,]", Punctuation),
            (r"\)", Punctuation, "#pop"),
            default("#pop"),
        ],
        # What words are made of.
        "parts": [
            (r"'[^']*(?:'|\Z)", String.Single),
            (r'"', String.Double, "string"),
            include("expansions"),
            (r"\\(?:[\s\S]|\Z)", String.Escape),
            (r"\$", Literal),
        ],
        "expansions": [
            (r"\$\(\(", Punctuation, "arithmetic"),
            (r"\$\(", Punctuation, "root"),
            (r"\$\{[A-Za-z_]\w*(?::?[-=?+]|##?|%%?)", Name.Variable, "parameter"),
            (r"\$(?:[A-Za-z_]\w*|[$!?]|\{(?:#?[A-Za-z_]\w*|[$!?])?\}?)", Name.Variable),
            (
                r"(`)((?:[^`\\]|\\[\s\S])*)(`|\\?\Z)",
                bygroups(String.Backtick, using(this), String.Backtick),
            ),
        ],
        "parameter": [
            (r"\}", Name.Variable, "#pop"),
            include("parts"),
            (r"[^'\"$`\\}]+", Literal),
        ],
        "string": [
            (r'"', String.Double, "#pop"),
            include("expansions"),
            (r"\\(?:[\s\S]|\Z)", String.Escape),
            (r'[^"$`\\]+', String.Double),
            (r"\$", String.Double),
        ],
        "arithmetic": [
            (r"\)\)", Punctuation, "#pop"),
            include("formula"),
        ],
        "inner": [include("formula")],
        "formula": [
            (r"\)", Punctuation, "#pop"),
            (r"\(", Punctuation, "inner"),
            (r"[ \t]+|\\\n", Whitespace),
            (r"0[xX][0-9A-Fa-f]+|[0-9]+", Number),
            (r"[A-Za-z_]\w*", Name.Variable),
            (r"&&|\|\||==|!=|<=|>=|<<|>>|[-+*/%<>!&|^~?:]", Operator),
            include("expansions"),
            (r'(?=[\n;"{}])', Literal, "#pop"),
        ],
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("stripnl", False)
        options.setdefault("ensurenl", False)
        super().__init__(**options)
