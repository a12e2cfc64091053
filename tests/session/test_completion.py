"""Completion knows the language, the commands, and what the acting task can see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.lang import parser, tree
from nsh.lang.completion import Candidate, Completion, complete
from nsh.session.index import Index
from nsh.session.session import Session
from nsh.session.surroundings import MOST, Around
from nsh.userland.registry import commands

STAGE = """\
spawn sshd
as sshd echo web > /proc/container
as sshd spawn -n 2 httpd
spawn --pid db
as db spawn writer
mkdir "/tmp/a dir"
echo > /tmp/file
colour=green
def greet(who) { echo hello $who }
"""


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    assert made.run(STAGE).ok
    return made


def completion(session: Session, text: str) -> Completion:
    return complete(text, len(text), commands, Around(session.machine))


def offered(session: Session, text: str) -> list[str]:
    return [one.text for one in completion(session, text).candidates]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("gre", ["greet", "grep"]),
        ("unsh", ["unshare"]),
        ("ps; unsh", ["unshare"]),
        ("echo $(unsh", ["unshare"]),
        ("echo `unsh", ["unshare"]),
        ("if unsh", ["unshare"]),
        ("x=1 unsh", ["unshare"]),
        ("! unsh", ["unshare"]),
        ("as sshd unsh", ["unshare"]),
        ("sshd unsh", ["unshare"]),
        ("web:1 unsh", ["unshare"]),
        ("trace unsh", ["unshare"]),
        ("spawn w { unsh", ["unshare"]),
        ("unshare --pid --fork unsh", ["unshare"]),
        ("whi", ["while"]),
        ("if a { b } el", ["else"]),
        ("for x i", ["in"]),
        ("expect { ps } ", ["prints", "matches", "fails"]),
        ("expect { ps } fails ESRC", ["ESRCH"]),
        ("expect { ps } fails esrc", ["ESRCH"]),
        ("kill -TE", ["-TERM"]),
        ("kill -s usr", ["USR1", "USR2"]),
        ("kill -s SIGUSR", ["SIGUSR1", "SIGUSR2"]),
        ("kill --signal=US", ["--signal=USR1", "--signal=USR2"]),
        ("kill --que", ["--queue="]),
        ("unshare --mount-", ["--mount-proc"]),
        ("spawn --set", ["--set-tid="]),
        ("trap US", ["USR1", "USR2"]),
        ("trap INT ig", ["ignore"]),
        ("policy pid.m", ["pid.move"]),
        ("policy pid.move a", ["any"]),
        ("profile fr", ["franke-2005"]),
        ("clone2 CLONE_NEWPI", ["CLONE_NEWPID"]),
        ("lsns -t p", ["pid"]),
        ("kill ht", ["httpd.1", "httpd.2"]),
        ("as ht", ["httpd.1", "httpd.2"]),
        ("kill web:", ["web:1", "web:2", "web:3"]),
        ("kill 0:", ["0:1", "0:2", "0:3", "0:4", "0:5", "0:6"]),
        ("kill :3", [":3"]),
        ("kill 3", ["3"]),
        ("kill we", ["web:"]),
        ("container move we", ["web"]),
        ("container mo", ["move"]),
        ("cat /proc/ver", ["/proc/version"]),
        ("cat '/proc/ver", ["/proc/version"]),
        ('cat "/proc/ver', ["/proc/version"]),
        ("cat /tmp/a", ["/tmp/a dir/"]),
        ("echo > /tmp/f", ["/tmp/file"]),
        ("x=/tmp/f", ["/tmp/file"]),
        ("for x in /tmp/f", ["/tmp/file"]),
        ("echo $col", ["colour"]),
        ("echo ${col", ["colour"]),
        ('echo "a $col', ["colour"]),
        ("echo $((col", ["colour"]),
        ("unset col", ["colour"]),
        ("help unsh", ["unshare"]),
        ("help kill unsh", ["unshare"]),
        ("# unsh", []),
        ("echo '$col", []),
        ("echo \\$col", []),
        ("def f(u", []),
        ("unshare --pid --fork ps -- --for", []),
    ],
)
def test_what_is_offered(session, text, wanted):
    assert offered(session, text) == wanted


def test_who_acts_decides_which_tasks_are_offered(session):
    inside = Session()
    inside.run(STAGE + "as sshd\n")
    assert offered(inside, "kill :") == [":1", ":2", ":3"]
    assert offered(inside, "as ht") == ["httpd.1", "httpd.2"]
    assert offered(inside, "kill 0:") == ["0:2", "0:3", "0:4"]
    assert offered(inside, "kill in") == []
    assert offered(inside, "kill db") == []
    inside.run("as 0:1\nas db\n")
    assert offered(inside, "kill ") == ["db", "writer", "db:"]


def test_paths_are_those_of_the_acting_tasks_mounts(session):
    own = Session()
    own.run("spawn --mount db\nas db mount -t tmpfs none /tmp\nas db mkdir /tmp/mine\n")
    assert offered(own, "ls /tmp/m") == []
    own.run("as db\n")
    assert offered(own, "ls /tmp/m") == ["/tmp/mine/"]


def test_looking_changes_nothing(session):
    before = session.digest
    for text in ("cat /proc/self/", "kill ", "ls /", "as web:"):
        assert offered(session, text)
    assert session.digest == before


def test_each_option_of_each_command_is_offered_with_its_help(session):
    for command in commands:
        found = {one.text: one.help for one in completion(session, f"{command.name} -").candidates}
        for option in command.grammar.options:
            for word in option.words:
                said = found.get(f"--{word}", found.get(f"--{word}="))
                assert said == option.help or (said and not option.help)
            assert all(f"-{letter}" in found for letter in option.letters)


def test_commands_come_with_what_they_do(session):
    found = {one.text: one.help for one in completion(session, "").candidates}
    for command in commands:
        assert found[command.name] == command.summary
    assert all(found.values())


@given(st.text(alphabet="abk -'\"\\${}()|&;\n=<>#`w:./1", max_size=30), st.data())
def test_any_text_can_be_completed_anywhere(text, data):
    made = Session()
    cursor = data.draw(st.integers(0, len(text)))
    found = complete(text, cursor, commands, Around(made.machine))
    assert 0 <= found.start <= cursor


@given(st.text(min_size=1, max_size=20), st.sampled_from(["", "'", '"']))
def test_what_is_inserted_is_one_word_of_that_value(text, quote):
    if parser._NOT_TEXT.search(text) or any(c.isspace() and c not in " \t\n" for c in text):
        return
    source = "echo " + Completion(0, (), quote).inserted(Candidate(text))
    (statement,) = parser.parse(source).statements
    assert isinstance(statement, tree.Simple)
    assert [word.literal for word in statement.words] == ["echo", text]


def test_of_very_many_tasks_the_first_are_offered_in_order():
    many = Session(keep=False)
    many.run("spawn -n 3000 w")
    names = offered(many, "kill w.")
    assert names == [f"w.{i}" for i in range(1, MOST + 1)]
    assert offered(many, "kill ")[:MOST] == ["init", *names[:-1]]
    assert offered(many, "kill w.299") == ["w.299", *(f"w.299{i}" for i in range(10))]
    assert offered(many, "kill 299") == ["299", *(f"299{i}" for i in range(10))]


@given(
    st.sets(st.from_regex(r"[ab]{1,2}(\.[0-9]{1,3})?", fullmatch=True), max_size=30),
    st.text("ab.12", max_size=4),
    st.integers(1, 8),
)
def test_the_index_finds_what_begins_with_something(names, prefix, most):
    table = dict.fromkeys(names)
    fitting = [name for name in names if name.startswith(prefix)]
    found = Index().names(table, prefix, most)
    assert set(found) <= set(fitting)
    assert len(found) <= most
    if len(fitting) <= most:
        assert set(found) == set(fitting)


@given(st.sets(st.integers(1, 2000), max_size=30), st.text("0123456789", max_size=3))
def test_the_index_finds_numbers_by_their_digits(numbers, digits):
    found = Index().numbers(dict.fromkeys(numbers), digits, 100)
    assert found == sorted(n for n in numbers if str(n).startswith(digits))
