"""A here-document says what it says in the machine's own shells, and belongs to its statement."""

from __future__ import annotations

from pathlib import Path

from nsh.lang.parser import parse
from nsh.session import saving
from nsh.session.session import Session
from tests.lang import _shells

SET = "x='a  b'; none=; back='\\'; f=f\n"
TEXTS = [
    'cat <<EOF\n$x\n${none:-y} "$x" \'$x\' $(echo "$x") `echo q`\nEOF\n',
    'cat <<EOF\n$((1 + 2)) $ $.\n\\$x \\\\ \\a \\"\nEOF\n',
    "cat <<'EOF'\n$x `a` \\$x \\\\ ${ $(\nEOF\n",
    'cat <<"EOF"\n$x\nEOF\n',
    "cat <<\\EOF\n$x\nEOF\n",
    "cat <<EOF\nEOF\n",
    "cat << EOF\n EOF\nEOF \nEOF\n",
    "cat <<-EOF\n\t\ta $x\n\t  b\n\n\t$x\tc\n\t\tEOF\n",
    "cat <<-'EOF'\n\t\ta $x\n\tb\nEOF\n",
    "cat > f <<EOF 2>&1\nyes\nEOF\ncat f\n",
    "cat <<A 3<<B\n1\nA\n2\nB\n",
    "cat <<A 3<<B <&3\n1\nA\n2\nB\n",
    "cat <<EOF\none \\\ntwo \\\nEOF\nEOF\n",
    "cat <<EOF\nEOF is not \\\nEOF\n it\nEOF\n",
    'cat <<EOF\n${none:-{a\\}} ${x#a} "${x%\'b\'}" ${x:+"q"} $back$back\nEOF\n',
    "cat <<EOF\n$(cat <<INNER\n$x\nINNER\n)\nEOF\n",
    "cat <<EOF # it's\nx\nEOF\n",
    "wc -l <<!\na\nb\n!\n",
    "cat <<EOF\n*\n~\nEOF\n",
]


@_shells.both
def test_it_says_what_a_shell_reads(shell: str, tmp_path: Path) -> None:
    differing = {}
    for text in TEXTS:
        theirs = _shells.printed(shell, SET + text, tmp_path)
        ours = Session("mainline", keep=False).run(SET + text)
        if (ours.stdout, ours.ok) != (theirs, True):
            differing[text] = (theirs, ours.stdout + ours.stderr)
    assert differing == {}


def test_a_statement_reaches_to_the_end_of_its_text() -> None:
    text = "echo a\ncat <<A > f 5<<B\n1\nA\n2\nB\necho b\n"
    script = parse(text)
    assert [text[item.span.start : item.span.end] for item in script.statements] == [
        "echo a",
        "cat <<A > f 5<<B\n1\nA\n2\nB",
        "echo b",
    ]


def test_others_are_given_one_to_read() -> None:
    session = Session()
    text = "spawn w\nw cat <<E\nby $(getpid)\nE\nas w {\n  cat <<-E\n\tby $(getpid)\n\tE\n}\n"
    assert session.run(text).stdout == "by 2\nby 2\n"


def test_what_is_saved_has_it(tmp_path: Path) -> None:
    session = Session()
    for text in ("x=1", "cat <<'E' > /tmp/f\n$x {\nE", "cat <<E /nowhere\nno\nE", "cat /tmp/f"):
        session.run(text)
    again = Session()
    assert again.run(saving.script(session.history).text).stdout.endswith("$x {\n")
    assert again.digest == session.digest
