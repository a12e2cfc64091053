"""The grammar is sound, and what must run as typed parses into what it means."""

from __future__ import annotations

import pytest

from nsh.lang import tree
from nsh.lang.compiler import compile_script
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.grammar import MAX_NESTING, build_parser
from nsh.lang.parser import parse
from nsh.machine.digest import encode
from tests._work import calls

AS_TYPED = r"""
echo "container_name" > /proc/container
echo 0:1 >> ${RCFS}/class_foo/members
echo :1 >> ${RCFS}/class_foo/members
echo 3:1 >> ${RCFS}/class_foo/bar_class/members
cat ${RCFS}/class_foo/members
mkdir $current_container_dir/$some_unique_name
echo $$ > $current_container_dir/$some_unique_name/tasks
rm -rf /containers/vserver1
cp /mnt/crfs/vserver1 /opt/checkpoints/vserver1/`date +%F`/`date +%R`
unshare --pid --fork --mount-proc ps
unshare -Ur id
nsenter -t 7 -p -u ps
lsns
lsns -t pid
ps
ps -e -o pid,ppid,pgid,sid,tty,stat,comm
pstree -p -N pid
kill -TERM 7
kill -9 -1
kill 0
setsid spawn leader
tty
ls -l /dev/pts
cat /proc/self/status
readlink /proc/self/ns/pid
mount -t proc proc /proc
mount -t devpts -o newinstance devpts /dev/pts
umount /dev/pts
mount
hostname web1
uname -n
ipcmk -Q
ipcs -q
ipcrm -q 0
dmesg
id
mknod /dev/x c 5 1
spawn sshd
as sshd echo web > /proc/container
as sshd spawn -n 2 httpd
ps -o pid,ppid,cid,vpid,comm
as web:1
web:1 ps
sshd exit 3
wait $!
trace unshare --pid --fork ps
trap TERM { echo bye }
policy pid.move fresh
profile s0
spawn --pid --uts --mount-proc inner { ps }
""".strip().splitlines()


def only(text: str) -> tree.Statement:
    (statement,) = parse(text).statements
    return statement


def words(text: str) -> list[str | None]:
    statement = only(text)
    assert isinstance(statement, tree.Simple)
    return [word.literal for word in statement.words]


def test_no_conflict_and_no_collision_of_terminals() -> None:
    pytest.importorskip("interegular")
    build_parser(strict=True)


@pytest.mark.parametrize("line", AS_TYPED)
def test_what_must_run_as_typed_is_one_simple_command(line: str) -> None:
    statement = only(line)
    assert isinstance(statement, tree.Simple)
    plain = line.split(" >", maxsplit=1)[0].split(" {", maxsplit=1)[0].replace('"', "")
    if "$" not in plain and "`" not in plain:
        assert [word.literal for word in statement.words] == plain.split()
    assert len(compile_script(parse(line))) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("echo a#b #c", ["echo", "a#b"]),
        ("echo [ a] '*.c' \\? \"[a]\" ~ a=b", ["echo", "[", "a]", "*.c", "?", "[a]", None, "a=b"]),
        ("echo *.c [a] a?b", ["echo", None, None, None]),
        ("echo 'a'\"b\"\\c\\\\ $ a$ %x", ["echo", "abc\\", "$", "a$", "%x"]),
        ('echo "\\"\\$x\\a" \'"\'', ["echo", '"$x\\a', '"']),
        ("kill -9 -1", ["kill", "-9", "-1"]),
        ("test a == b != c", ["test", "a", "==", "b", "!=", "c"]),
        ("spawn -n 3 w", ["spawn", "-n", "3", "w"]),
        ("echo 2 >f", ["echo", "2"]),
        ("echo \u00e9\u4e2d\U0001f600", ["echo", "\u00e9\u4e2d\U0001f600"]),
    ],
)
def test_words(text: str, wanted: list[str]) -> None:
    assert words(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a > f", [(1, ">", -1)]),
        ("a 2>> f < g", [(2, ">>", -1), (0, "<", -1)]),
        ("a 2>&1", [(2, ">&", 1)]),
        ("a >&2", [(1, ">&", 2)]),
        ("a 3>&-", [(3, ">&", -1)]),
        ("a &> f", [(-1, ">", -1)]),
        ("a12>f", [(1, ">", -1)]),
        ("a <<< b 5<<<c", [(0, "<<<", -1), (5, "<<<", -1)]),
    ],
)
def test_redirections(text: str, wanted: list[tuple[int, str, int]]) -> None:
    statement = only(text)
    assert isinstance(statement, tree.Simple)
    found = [(item.descriptor, item.operator, item.source) for item in statement.redirections]
    assert found == wanted


def test_a_comparison_only_right_behind_the_first_word() -> None:
    for text in ("if $x < 3 { a }", "while a >= b { c }", "if a<b { c }"):
        statement = only(text)
        assert isinstance(statement, tree.If | tree.While)
        condition = (
            statement.condition if isinstance(statement, tree.While) else statement.branches[0][0]
        )
        assert isinstance(condition, tree.Comparison)
    statement = only("if grep x < f { a }")
    assert isinstance(statement, tree.If)
    assert isinstance(statement.branches[0][0], tree.Simple)


def test_what_copies_a_descriptor_redirects_right_behind_a_condition_s_first_word_too() -> None:
    statement = only("if a >&2 { b }")
    assert isinstance(statement, tree.If)
    command = statement.branches[0][0]
    assert isinstance(command, tree.Simple)
    assert [word.literal for word in command.words] == ["a"]
    assert [item.operator for item in command.redirections] == [">&"]


def test_line_ends_and_byte_order_marks_make_no_difference() -> None:
    plain = parse("echo a\nif b {\n c\n}\n")
    assert parse("\ufeffecho a\r\nif b {\r\n c\r\n}\r\n") == plain


def test_places_in_backquotes_are_places_in_the_text() -> None:
    text = "echo x `ab cd`"
    statement = only(text)
    assert isinstance(statement, tree.Simple)
    part = statement.words[2].parts[0]
    assert isinstance(part, tree.Substitution)
    inner = part.body.statements[0]
    assert isinstance(inner, tree.Simple)
    assert [text[w.span.start : w.span.end] for w in inner.words] == ["ab", "cd"]


def test_narration_is_kept_as_it_stands() -> None:
    script = parse("#: # Title\n#:\n#:  two *blanks*\necho\n")
    told = [item.text for item in script.statements if isinstance(item, tree.Narration)]
    assert told == ["# Title", "", " two *blanks*"]


@pytest.mark.slow
def test_a_script_ten_times_as_long_is_ten_times_the_work() -> None:
    line = 'if a == $x { spawn w$x "a b" | cat > f } else { echo "done $x" `date` $((x + 1)) }\n'

    def work(count: int) -> int:
        return calls(lambda: compile_script(parse(line * count)))

    work(10)  # what is made once
    small, large = work(100), work(1000)
    assert large < small * 11


def test_a_megabyte_is_parsed() -> None:
    line = f"echo {'a' * 90} $x\n"
    assert len(parse(line * 10_000).statements) == 10_000


DEEP = [
    ("{ ", "a", " }"),
    ("( ", "a", " )"),
    ("if a { ", "b", " }"),
    ("while a { repeat 3 { ", "b", " } }"),
    ("spawn w { ", "a", " }"),
    ("def f { ", "a", " }"),
    ("echo $(", "a", ")"),
    ('echo "$(', "a", ')"'),
    ("expect { { ", "a", " } } fails\n"),
    ("trap TERM { as w { ", "a", " } }"),
]


@pytest.mark.parametrize(("opening", "inside", "closing"), DEEP)
def test_the_deepest_nesting_is_no_deeper_than_python(
    opening: str, inside: str, closing: str
) -> None:
    """What the parser lets through, everything behind it can take."""
    levels = MAX_NESTING // sum(opening.count(mark) for mark in ("{", "(", '"'))
    text = opening * levels + inside + closing * levels
    compiled = compile_script(parse(text))
    assert encode(compiled) == encode(compile_script(parse(text)))
    with pytest.raises(SyntaxProblem, match="too deeply"):
        parse(opening * (levels + 1) + inside + closing * (levels + 1))


def test_arithmetic_nests_as_deep() -> None:
    text = "echo $((" + "(" * (MAX_NESTING - 1) + "1" + ")" * (MAX_NESTING - 1) + "))"
    compile_script(parse(text))
    with pytest.raises(SyntaxProblem, match="too deeply"):
        parse(text.replace("1", "(1)"))


def test_long_is_not_deep() -> None:
    compile_script(parse("if a { b }" + " else if a { b }" * 3000))
    compile_script(parse("a" + " && a" * 3000))
    compile_script(parse("a" + " | a" * 3000))
    compile_script(parse("echo $((1" + " + 1" * 3000 + "))"))
    compile_script(parse("echo $((" + "-" * 3000 + "1))"))
    compile_script(parse("echo " + "$x" * 3000))
