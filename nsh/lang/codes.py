"""The page on each code of an error: a text that is so wrong, and one that is right."""

from typing import Final

from nsh.lang.mistakes import OTHERS, STRUCTURE, Mistake

_RIGHT: Final = {
    "NSH-E0211": "spawn w { true }; true",
    "NSH-E0209": "{ true }",
    "NSH-E0210": 'echo "(a)"',
    "NSH-E0214": "if true { echo yes }",
    "NSH-E0201": "if true { echo yes }",
    "NSH-E0202": "for x in a b { echo $x }",
    "NSH-E0203": "repeat 3 { echo hi }",
    "NSH-E0204": "def greet(who) { echo hello $who }",
    "NSH-E0205": "expect { echo a } prints a",
    "NSH-E0206": "par { echo a } { echo b }",
    "NSH-E0207": "echo a | cat",
    "NSH-E0208": "echo a > /tmp/file",
    "NSH-E0212": "echo $((1 + 1))",
    "NSH-E0213": "if false { echo a } else { echo b }",
}
"""By the codes of structure, whose wrong examples stand with them."""

_OTHERS: Final = {
    "NSH-E0001": ("echo \x07", "printf '\\007'"),
    "NSH-E0002": ("{" * 41, "def f() { echo deep }; f"),
    "NSH-E0003": ('{"format":"nsh-machine"}', "echo '{}'"),
    "NSH-E0101": ("spawn w {", "spawn w { true }"),
    "NSH-E0102": ("x=$(echo a", "x=$(echo a)"),
    "NSH-E0103": ("echo 'a", "echo 'a'"),
    "NSH-E0104": ("echo \\", "echo \\\\"),
    "NSH-E0105": ("echo $1", "def f(name) { echo $name }; f a"),
    "NSH-E0106": ("echo ${x/a/b}", "x=a.c; echo ${x%.c}.o"),
    "NSH-E0107": ("echo\N{NO-BREAK SPACE}a", "echo a"),
    "NSH-E0108": ("cat << $end", "cat <<EOF\ntext\nEOF"),
    "NSH-E0109": ("cat <(ps)", "ps | cat"),
    "NSH-E0110": ("echo ${x:-a", "echo ${x:-a}"),
    "NSH-E0111": ("cat <<EOF\ntext", "cat <<EOF\ntext\nEOF"),
    "NSH-E0112": ("cat <<EOF | wc\ntext\nEOF", "{\ncat <<EOF\ntext\nEOF\n} | wc"),
    "NSH-E0301": ("export X=1", "X=1"),
    "NSH-E0302": ("def spawn() { true }", "def my_spawn() { true }"),
    "NSH-E0303": ("expect { kill 99 } fails ESCRH", "expect { kill 99 } fails ESRCH"),
    "NSH-E0304": ("expect { ps } matches /(/", "expect { echo '(' } matches /[(]/"),
    "NSH-E0305": ("def f(a, a) { true }", "def f(a, b) { true }"),
    "NSH-E0306": ("echo a 999> f", "echo a 2> /tmp/f"),
    "NSH-E0307": ("if a==b { true }", "x=b; if $x == b { true }"),
    "NSH-E0309": ("echo `echo \\`date\\``", "echo $(echo $(date))"),
    "NSH-E0310": ("echo $((99999999999999999999999))", "echo $((9999999999))"),
    "NSH-E0311": ("break", "while true { break }"),
    "NSH-E0312": ("trace", "trace getpid"),
    "NSH-E0313": ("trap TREM { true }", "trap TERM { true }"),
    "NSH-E0314": ("read x { true }", "echo a | { read x; echo $x }"),
    "NSH-E0315": ("true && expect true", "expect true"),
    "NSH-E0316": ("if == b { true }", "x=b; if $x == b { true }"),
}
"""What is wrong, and what is right."""

_GROUPS: Final = (
    ("NSH-E00", "the text itself"),
    ("NSH-E01", "words, and what is left open"),
    ("NSH-E02", "the structure of a statement"),
    ("NSH-E03", "names and usage"),
)


def examples(code: str) -> tuple[str, str] | None:
    """A text that *code* is said of, and one that is right; None where no example fits."""
    if code in _OTHERS:
        return _OTHERS[code]
    found = _mistake(code)
    if found is None or not found.examples:
        return None
    return found.examples[0], _RIGHT[code]


def page(code: str) -> str | None:
    """What there is to say about *code*; None if there is no such."""
    code = code.upper()
    found = _mistake(code)
    if found is None:
        return None
    about = next(text for prefix, text in _GROUPS if code.startswith(prefix))
    lines = [f"{code}: {found.cause.replace('{}', '…')}", f"About:    {about}"]
    pair = examples(code)
    if pair is not None:
        wrong, right = pair
        lines += [f"Wrong:    {_shown(wrong)}", f"Right:    {right}"]
    if found.help:
        lines.append(f"Help:     {found.help.replace('{}', '…')}")
    return "\n".join(lines)


def known() -> list[str]:
    """Every code, sorted."""
    return sorted(one.code for one in STRUCTURE + OTHERS)


def _mistake(code: str) -> Mistake | None:
    return next((one for one in STRUCTURE + OTHERS if one.code == code), None)


def _shown(text: str) -> str:
    """*text* on one line, cut, its odd characters named."""
    cut = text if len(text) <= 60 else text[:60] + "…"
    shown = "".join(
        c if c.isprintable() else "↵" if c == "\n" else f"<U+{ord(c):04X}>" for c in cut
    )
    return shown.replace("\N{NO-BREAK SPACE}", "<U+00A0>")
