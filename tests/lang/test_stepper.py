# ruff: noqa: E501  # a run is one line of the table
"""Programs do what their text says, whole or stored and rebuilt after every step."""

from __future__ import annotations

import pytest

from tests.lang.fake import Kernel

RUNS: dict[str, tuple[str, str]] = {
    "echo": ("echo hello world", "hello world\n"),
    "two statements": ("echo a\necho b", "a\nb\n"),
    "quotes": ("""x='a  b'; echo "$x" $x '$x' \\$x "\\$x" a"b"'c'""", "a  b a b $x $x $x abc\n"),
    "an empty variable vanishes": ('x=; echo a $x b "$x" c', "a b  c\n"),
    "splitting joins at the edges": ("x='1 2'; echo a$x$x.b", "a1 21 2.b\n"),
    "unset": ("x=1; unset x; echo [$x]", "[]\n"),
    "assignment before a command": ("X=1; X=2 env X; env X", "X=2\nX=1\n"),
    "assignment before a redirected one": ("Y=a Z=b env Z > f; cat f; env Z", "Z=b\nZ=\n"),
    "assignment before a function": ("def f() { env X }; X=1 f; env X", "X=1\nX=\n"),
    "substitution": ("x=$(echo a; echo b); echo $x; echo \"$x\"", "a b\na\nb\n"),
    "backquotes": ("echo `echo a` `echo b`/`echo c`", "a b/c\n"),
    "nested substitution": ("echo $(echo x$(echo y)z)", "xyz\n"),
    "a failing substitution keeps going": ("echo a $(status 3) b", "a b\n"),
    "and stops an assignment": ("x=$(status 3); echo no", ""),
    "left to right": ("x=1; echo $x $(x=2) $x", "1 2\n"),
    "arithmetic": ("x=5; echo $((x * 2 + 1)) $((-7 / 2)) $((-7 % 3)) $(((1 + 2) * 3))", "11 -3 -1 9\n"),
    "64 bits": ("echo $((9223372036854775807 + 1))", "-9223372036854775808\n"),
    "logic in arithmetic": ("echo $((1 < 2 && !0)) $((0 || 0)) $((0x10 == 16))", "1 0 1\n"),
    "substitution in arithmetic": ('x=2; echo "$(( $(echo 3) * x ))"', "6\n"),
    "pids": ("echo $$ $PPID", "1 0\n"),
    "redirection": ("echo a > f; echo b >> f; cat < f; cat f", "a\nb\na\nb\n"),
    "a text to be read": ('x="a  b"; cat <<< $x; cat <<< "c\nd" | cat; { read y; cat; } <<< "1\n2"; cat <<< e 2>&- > g; cat g', "a  b\nc\nd\n2\ne\n"),
    "a text for another descriptor": ("cat 5<<< five <&5; cat <<< in 0> f && cat f", "five\n"),
    "a here-document": ('x="a  b"; cat <<E > f\n$x "$(echo c)" \\$x\nE\ncat f', 'a  b "c" $x\n'),
    "a here-document in a function": ("def f(x) {\n  cat <<-'E'\n\t\t$x\n\tE\n  cat <<E\n$x\nE\n}\nf 1; f 2", "$x\n1\n$x\n2\n"),
    "two here-documents": ("(cat; cat <&5) <<A 5<<B\n1\nA\n2\nB\necho 3", "1\n2\n3\n"),
    "expansion before redirection": ("echo a > f; echo $(cat f) b > f; cat f", "a b\n"),
    "errors into a file": ("fail EPERM 2> f || echo no; cat f", "no\nnsh: fail: Operation not permitted (EPERM)\n"),
    "both into a file": ("{ echo a; fail EPERM } &> f || cat f", "a\nnsh: fail: Operation not permitted (EPERM)\n"),
    "copies in order": ("{ echo out; fail EIO } 2>&1 > f || echo =; cat f", "nsh: fail: Input/output error (EIO)\n=\nout\n"),
    "a group is put back": ("{ echo a; echo b } > f; echo c; cat f", "c\na\nb\n"),
    "a failing group is put back": ("{ echo a; status 1; echo b } > f || echo c; cat f", "c\na\n"),
    "break out of a redirected group": ("repeat 3 { { echo a; break } > f }; echo b; cat f", "b\na\n"),
    "return out of a redirected group": ("def f() { { return 0 } > f; echo no }; f; echo b", "b\n"),
    "redirection without a command": ("> f; cat f; echo ok", "ok\n"),
    "a pipeline": ("twice a | cat", "a\na\n"),
    "a long pipeline": ("echo abc | cat | cat | cat", "abc\n"),
    "a pipeline of compounds": ("for x in 1 2 { echo $x } | { cat }", "1\n2\n"),
    "a status can be kept": ("status 3 || x=$?; echo $? $x", "0 3\n"),
    "status of the last part": ("status 3 | true; echo $?; true | status 4 || echo $?", "0\n4\n"),
    "a pipeline without descriptor 1": ("(exec >&-; echo a | cat | cat > f); cat f", "a\n"),
    "a pipeline without descriptor 0": ("(exec <&-; echo a | cat | cat > f); cat f", "a\n"),
    "a pipeline without either": ("(exec <&- >&-; echo a | cat | cat > f); cat f", "a\n"),
    "a redirection of what is closed": ("(exec >&-; echo a > f; echo b || echo c > g); cat f g", "nsh: echo: Bad file descriptor (EBADF)\na\nc\n"),
    "a substitution without descriptor 1": ("(exec >&-; x=$(echo a); echo $x > f); cat f", "a\n"),
    "a pipeline inside a substitution": ("echo $(echo a | cat)", "a\n"),
    "read from a pipe": ('echo "one two three" | { read a b; echo $b $a }', "two three one\n"),
    "read at the end": ("> f; read x < f || echo end", "end\n"),
    "and": ("true && echo a; status 1 && echo b; echo c", "a\nc\n"),
    "or": ("status 1 || echo a; true || echo b", "a\n"),
    "and or": ("status 1 && echo a || echo b", "b\n"),
    "not": ("! true || echo a; ! status 1 && echo b", "a\nb\n"),
    "if": ("if true { echo a } else { echo b }; if status 1 { echo c } else { echo d }", "a\nd\n"),
    "else if": ("x=2; if $x == 1 { echo a } else if $x == 2 { echo b } else { echo c }", "b\n"),
    "if on lines": ("if status 1 {\n  echo a\n}\n# why not\nelse {\n  echo b\n}\n", "b\n"),
    "comparisons": ("if 10 > 9 { echo a }; if abc < abd { echo b }; if 010 == 10 { echo c }", "a\nb\nc\n"),
    "a condition redirects further on": ("if echo a > f { echo b }; cat f", "b\na\n"),
    "conditions are joined": ("if 1 == 1 && ! 2 == 3 || status 1 { echo a }", "a\n"),
    "while": ("i=0; while $i < 3 { echo $i; i=$((i + 1)) }", "0\n1\n2\n"),
    "break and continue": ("for x in 1 2 3 4 { if $x == 2 { continue }; if $x == 4 { break }; echo $x }", "1\n3\n"),
    "for over what is split": ("l='a b'; for x in $l c=d == { echo $x }; echo $x", "a\nb\nc=d\n==\n==\n"),
    "repeat": ("repeat 3 { echo x }", "x\nx\nx\n"),
    "repeat a variable": ("n=2; repeat $n { repeat 2 { echo x } }", "x\nx\nx\nx\n"),
    "a function": ("def f(a, b) { echo $b $a }; f 1 2; echo [$a]", "2 1\n[]\n"),
    "parameters are put back": ("a=0; def f(a) { if $a > 0 { f $((a - 1)) }; echo $a }; f 2; echo $a", "0\n1\n2\n0\n"),
    "a function's status": ("def f() { status 3; echo no }; f || echo $?", "3\n"),
    "return": ("def f() { return 4; echo no }; f || echo $?", "4\n"),
    "return from a loop": ("def f() { for x in 1 2 { return 5 } }; f || echo $?", "5\n"),
    "a function redirected": ("def f() { echo a; echo b }; f > f; echo c; cat f", "c\na\nb\n"),
    "a function in a pipeline": ("def f() { echo a }; f | cat", "a\n"),
    "a word from a variable is a command": ("c='echo a'; $c b", "a b\n"),
    "keywords as arguments": ("echo if else for in def expect prints spawn", "if else for in def expect prints spawn\n"),
    "both sides of a fork": ("if fork { echo child $$ } else { echo parent $$ }", "parent 1\nchild 2\n"),
    "a fork inside a substitution": ("x=$(fork && exit; echo $$); wait; echo $x", "1\n"),
    "fork is no failure": ("fork\necho $$", "1\n"),
    "background": ("echo a & wait; echo $!", "a\n2\n"),
    "a subshell": ("x=1; (x=2; echo $x $$; exit 3) || echo $?; echo $x", "2 2\n3\n1\n"),
    "par": ("par { repeat 4 { echo a } } { echo b }; echo c", "a\na\nb\na\na\nc\n"),
    "par's status": ("par { status 3 } { status 4 } || echo $?", "3\n"),
    "a child executes": ("chain env FROM", "FROM=chain\n"),
    "an executed built-in": ("chain spawn w; echo $?", "0\n"),
    "exec": ("(exec echo a; echo no); echo b", "a\nb\n"),
    "exec of descriptors": ("(exec > f; echo a; echo b); cat f", "a\nb\n"),
    "as": ("spawn w; as w echo $$; x=1; as w { x=2; echo $$ }; echo $x", "2\n2\n2\n"),
    "a task's name is short for as": ("spawn w; w echo $$ $PPID; :2 echo $$", "2 1\n2\n"),
    "a task's name before a block": ("spawn w; :2 { echo $$ }; w { echo $$; status 3 } || echo $?", "2\n2\n3\n"),
    "as with a redirection": ("spawn w; as w echo $$ > f; cat f", "2\n"),
    "as can fail": ("spawn w; as w status 3 || echo $?", "3\n"),
    "as spawns": ("spawn w; as w spawn v { echo $PPID }", "2\n"),
    "as alone": ("spawn w\nas w\necho $$", "2\n"),
    "spawn many": ("spawn -n 3 w { echo $$ }", "2\n3\n4\n"),
    "spawn with variables": ("n=2; spawn -n $n w$n { echo $$ }; echo $!", "2\n3\n3\n"),
    "spawned ones get copies": ("x=1; spawn w { x=2; echo $x }; echo $x", "2\n1\n"),
    "trap": ("trap USR1 { echo $SIGNAL from $SI_PID }; kill USR1 $$; echo b $SIGNAL", "USR1 from 1\nb\n"),
    "a trap keeps the status": ("trap TERM { status 9 }; status 3 || kill TERM $$; echo $?", "0\n"),
    "a trap's failure is its own": ("trap TERM { status 9; echo no }; kill TERM 1; echo a", "a\n"),
    "a trap may return": ("trap TERM { return; echo no }; kill TERM 1; echo a", "a\n"),
    "ignore": ("trap INT ignore; kill INT 1; trap '' TERM; kill TERM 1; echo a", "a\n"),
    "default": ("trap INT { echo no }; trap - INT; (kill INT 2) || echo $?", "130\n"),
    "a trap interrupts": ("trap USR1 { echo got }; { (true | true; kill USR1 1) & forever || echo $? }", "got\nnsh: forever: Interrupted system call (EINTR)\n1\n"),
    "a long command": ("x=0123456789; repeat 5 { x=$x$x }; echo $x > f; y=$(cat f); if $y == $x { echo same }", "same\n"),
    "narration says nothing": ("#: # Title\necho a #: no\n", "a\n"),
    "a line goes on": ("echo a \\\n  b\\\nc", "a bc\n"),
    "operators at the end of a line": ("true &&\n\n # well\n echo a |\n cat", "a\n"),
}  # fmt: skip


@pytest.mark.parametrize("frozen", [False, True], ids=["whole", "frozen"])
@pytest.mark.parametrize("name", RUNS)
def test_what_is_printed(name: str, frozen: bool) -> None:
    text, wanted = RUNS[name]
    assert Kernel(frozen=frozen).run(text).out == wanted


@pytest.mark.parametrize("name", RUNS)
def test_a_stored_program_asks_the_same(name: str) -> None:
    """Each request and reply, of every task, in the same order."""
    text, _ = RUNS[name]
    assert Kernel(frozen=True).run(text).log == Kernel().run(text).log
