"""Completion knows the language, the commands, and what the acting task can see."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.lang import parser, tree
from nsh.lang.candidates import Candidate
from nsh.lang.completion import Completion, complete
from nsh.session.index import Index
from nsh.session.session import Session
from nsh.session.surroundings import MOST, Around
from nsh.userland.registry import commands
from nsh.userland.stty_table import INDEX

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
        ("echo ${x:-$col", ["colour"]),
        ("echo ${x:-col", []),
        ('echo "a${x%b}$col', ["colour"]),
        ("cat ${x:-a b} /proc/ver", ["/proc/version"]),
        ("unset col", ["colour"]),
        ("help unsh", ["unshare"]),
        ("help kill unsh", ["unshare"]),
        ("ps -o pi", ["pid", "pidns"]),
        ("ps -o pid,vp", ["pid,vpid"]),
        ("ps --format=pid,vp", ["--format=pid,vpid"]),
        ("ps -o pid,pi", ["pid,pidns"]),
        ("ps --sort=-vp", ["--sort=-vpid"]),
        ("ps --sort=cid,-vp", ["--sort=cid,-vpid"]),
        ("ps -p 1,ht", ["1,httpd.1", "1,httpd.2"]),
        ("ps -u ro", ["root"]),
        ("ps -C ht", ["httpd.1", "httpd.2"]),
        ("ps -t con", ["console"]),
        ("pkill ht", ["httpd.1", "httpd.2"]),
        ("lsns -o nproc", ["NPROCS"]),
        ("lsns -o NS,NPROC", ["NS,NPROCS"]),
        ("lsns -o +NPROC", ["+NPROCS"]),
        ("findmnt -t pro", ["proc"]),
        (
            "mount -t ",
            [
                "cgroup",
                "cgroup2",
                "container",
                "crfs",
                "devpts",
                "devtmpfs",
                "mqueue",
                "ns_container",
                "proc",
                "rcfs",
                "tmpfs",
            ],
        ),
        ("mount -o ro,rb", ["ro,rbind"]),
        ("unshare --propagation=s", ["--propagation=slave", "--propagation=shared"]),
        ("unshare --setgroups d", ["deny"]),
        ("unshare --kill-child=KI", ["--kill-child=KILL"]),
        ("date --iso-8601=mi", ["--iso-8601=minutes"]),
        ("dmesg -l err,w", ["err,warn"]),
        ("dmesg -n inf", ["info"]),
        ("dmesg --time-format=rel", ["--time-format=reltime"]),
        ("prctl sub", ["subreaper"]),
        ("subreaper o", ["on", "off"]),
        ("stty -ixa", ["-ixany"]),
        ("stty rows 5 col", ["cols", "columns"]),
        ("mknod /dev/x ", ["b", "c", "u", "p"]),
        ("screen cons", ["console"]),
        ("screen we", ["web:"]),
        ("test -d /pro", ["/proc/"]),
        ("test -n", ["-n", "-ne", "-nt"]),
        ("env col", ["colour="]),
        ("env X=/tmp/f", ["/tmp/file"]),
        ("env X=1 unsh", ["unshare"]),
        ("env X=1 unshare --mount-", ["--mount-proc"]),
        ("printenv col", ["colour"]),
        ("pstree P", []),
        ("# unsh", []),
        ("echo '$col", []),
        ("echo \\$col", []),
        ("def f(u", []),
        ("unshare --pid --fork ps -- --for", []),
    ],
)
def test_what_is_offered(session, text, wanted):
    assert offered(session, text) == wanted


NEEDS_MORE = {
    **{("stty ", word): " 5" for word in ("rows", "cols", "columns", "line", *INDEX)},
    **{("stty ", word): " 38400" for word in ("ispeed", "ospeed")},
    **{("mount", word): " none /mnt" for word in ("devpts", "devtmpfs", "proc", "tmpfs")},
}
"""Of what is offered, that which is not all of a command."""


@pytest.mark.parametrize(
    "line",
    [
        *("ps -o ", "ps -o pid,", "ps --sort=", "ps --sort pid,-", "ps -O ", "lsns -o "),
        *("lsptys -o ", "consoles -o ", "findmnt -o ", "dmesg -l ", "dmesg -f ", "dmesg -n "),
        *("dmesg --time-format=", "date --iso-8601=", "unshare --propagation=", "prctl "),
        *("stty ", "stty -", "id ", "mount -t ", "pgrep "),
    ],
)
def test_what_is_offered_is_accepted(line):
    boot = Session().machine
    found = complete(line, len(line), commands, Around(boot))
    words = [one for one in found.candidates if one.text[:2] != "--" or "=" in one.text]
    assert words
    for one in words:
        if one.help and line == "stty -":  # an option
            continue
        text = line[: found.start] + found.inserted(one) + NEEDS_MORE.get((line[:5], one.text), "")
        again = Session(machine=boot)
        assert again.run(text).ok, text


def test_who_acts_decides_which_tasks_are_offered(session):
    inside = Session()
    inside.run(STAGE + "as sshd\n")
    assert offered(inside, "kill :") == [":1", ":2", ":3"]
    assert offered(inside, "as ht") == ["httpd.1", "httpd.2"]
    assert offered(inside, "kill 0:") == ["0:2", "0:3", "0:4"]
    assert offered(inside, "kill in") == []
    assert offered(inside, "kill db") == []
    assert offered(inside, "pkill ") == ["httpd.1", "httpd.2", "sshd"]
    assert offered(inside, "ps -C in") == []
    inside.run("as 0:1\nas db\n")
    assert offered(inside, "kill ") == ["db", "writer", "db:"]


def test_paths_are_those_of_the_acting_tasks_mounts(session):
    own = Session()
    own.run("spawn --mount db\nas db mount -t tmpfs none /tmp\nas db mkdir /tmp/mine\n")
    assert offered(own, "ls /tmp/m") == []
    own.run("as db\n")
    assert offered(own, "ls /tmp/m") == ["/tmp/mine/"]


@pytest.mark.parametrize(
    ("line", "last", "names"),
    [
        ("ls ~/tm", "tm", ["tmp/"]),
        ("cat < ~/proc/loada", "loada", ["loadavg"]),
        ("place=~/tm", "tm", ["tmp/"]),
        ("ls $place/fi", "fi", ["file"]),
        ("ls ${place}/a", "a", ["a dir/"]),
        ("ls -l $place/../tm", "tm", ["tmp/"]),
        ("ls $here/proc/self/stat", "stat", ["stat", "status", "statm"]),
        ("ls $nothing/tm", "tm", []),
        ("ls '$place/fi", "", []),
    ],
)
def test_files_are_found_where_a_variable_leads(line, last, names):
    """What stands in front of the last name stays as it was typed."""
    session = Session()
    assert session.run(STAGE + "place=/tmp; here=").ok
    found = completion(session, line)
    assert sorted(one.text for one in found.candidates) == sorted(names)
    if names:
        assert line[found.start :] == last


@pytest.mark.parametrize("end", ["exit 3", "spawn w; as w; exit", "spawn -p w; as w; exit"])
def test_where_nobody_acts_any_more_nothing_is_asked_for(end):
    session = Session()
    for line in end.split("; "):
        list(session.performing(line))
    for line in ("ls /", "ls ~/", "cat < /de", "x=/"):
        assert offered(session, line) == []
    assert "unshare" in offered(session, "unsh")


def test_the_home_is_that_of_the_script():
    session = Session()
    assert session.run(STAGE + "HOME=/tmp").ok
    assert offered(session, "ls ~/f") == ["file"]
    found = completion(session, "ls ~/a")
    assert "ls ~/a"[: found.start] + found.inserted(found.candidates[0]) == "ls ~/'a dir/'"


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
                assert said == (option.about or option.help or option.takes)
                assert said not in (option.spec, f"--{word}")
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
    if re.search(parser._NOT_TEXT, text) or any(c.isspace() and c not in " \t\n" for c in text):
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


def test_one_task_is_no_tasks():
    own = Session()
    own.run("spawn --pid web; spawn --pid db; as db spawn more")
    assert [each.help for each in Around(own.machine).containers("")] == [
        "container 0, 4 tasks",
        "container 1, 1 task",
        "container 2, 2 tasks",
    ]
