"""What of a text two kernels are held to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.session.comparing.relations import Match, comparable, named, outline, shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cat: x: No such file (ENOENT): it is not there", "cat: x: No such file (ENOENT)"),
        ("pts/0    00:00:00 ps", "console  00:01:02 ps"),
        ("VmRSS:\t  10 kB\nPid:\t3\n", "VmRSS:\t 999 kB\nVmPTE:\t4 kB\nPid:\t3\n"),
        ("SigCgt:\t0000000000000200\n", "SigCgt:\t0000000180000200\n"),
        (
            "CapEff:\t00ff\nCapBnd:\t00000000000000ff\n",
            "CapEff:\t00ff\nCapBnd:\t00000000000000ff\n",
        ),
        ("Nov 25 19:34 file", "Jan  1 00:00 file"),
    ],
)
def test_what_no_two_kernels_share_is_left_out(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kill: No such process (ESRCH)", "kill: Operation not permitted (EPERM)"),
        ("Pid:\t3\n", "Pid:\t4\n"),
        ("SigCgt:\t0000000000000200\n", "SigCgt:\t0000000000000400\n"),
        ("1 (init) S 0 1 1" + " 0" * 46, "1 (init) S 0 2 1" + " 0" * 46),
    ],
)
def test_what_they_share_is_not(one: str, other: str) -> None:
    assert not Match().same(comparable(one), comparable(other))


def test_namespaces_agree_when_the_same_are_the_same() -> None:
    one = [comparable(f"pid:[{n}]") for n in (4026531836, 4026532000, 4026531836)]
    other = [comparable(f"pid:[{n}]") for n in (4026532111, 4026532222, 4026532111)]
    match = Match()
    assert all(match.same(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    assert not match.same(one[0], other[1])
    assert not match.same(one[1], other[0])
    assert shown(one[0]) == "pid:[4026531836]"


def test_a_table_sorted_by_inode_numbers_is_in_no_order() -> None:
    one = comparable("NS COMMAND\n4026531836 init\n4026532000 web\n")
    other = comparable("NS COMMAND\n4026532111 web\n4026532222 init\n")
    match = Match()
    assert match.same(one, other)
    assert match.same(comparable("pid:[4026532000]"), comparable("pid:[4026532111]"))
    assert not Match().same(one, comparable("NS COMMAND\n4026532111 db\n4026532222 init\n"))
    assert not Match().same("b\na\n", "a\nb\n")


def test_a_listing_is_held_against_another_but_for_files_that_only_one_kernel_has() -> None:
    match = Match()
    one, other = "1  self  version\nsys  2\n", "1  buddyinfo  version\n2  self\nkeys  sys\n"
    assert not match.same(one, other)
    match.lacks({"buddyinfo", "keys"})
    assert match.same(one, other)
    assert match.same(repr("1\nself\n"), repr("1\nbuddyinfo\nself\n"))
    assert not match.same(one, other.replace("2", "3"))
    assert not match.same("1  2\n", "2  1\n")


NAMES = st.lists(st.integers(0, 4), min_size=1, max_size=12)


@given(NAMES, st.permutations(range(5)))
def test_renaming_changes_nothing(names: list[int], order: list[int]) -> None:
    match = Match()
    for name in names:
        assert match.same(f"a {named(name)}", f"a {named(f'x{order[name]}')}")


@given(NAMES, NAMES)
def test_a_match_is_one_to_one(one: list[int], other: list[int]) -> None:
    match = Match()
    pairs = list(zip(one, other, strict=False))
    agree = [match.same(named(mine), named(theirs)) for mine, theirs in pairs]
    there: dict[int, int] = {}
    for (mine, theirs), same in zip(pairs, agree, strict=True):
        fits = there.get(mine, theirs) == theirs and (mine in there or theirs not in there.values())
        assert same == fits
        if fits:
            there[mine] = theirs


@given(st.text(max_size=60))
def test_any_text_can_be_compared_with_itself(text: str) -> None:
    assert Match().same(comparable(text), comparable(text))
    assert outline(comparable(text)) == outline(comparable(text))


TCP = "   0: 0100007F:{port:04X} 0100007F:1F90 01 00000000:00000000 {rest}\n"


def test_ports_that_a_kernel_chooses_agree_however_they_are_written() -> None:
    match = Match()
    chosen = {32768: 40001, 32769: 40002}
    for form in ("127.0.0.1:{}", "port={},", "htons({})", "0100007F:{:04X} "):
        for mine, theirs in chosen.items():
            one, other = comparable(form.format(mine)), comparable(form.format(theirs))
            assert match.same(one, other), form
    assert not match.same(comparable("127.0.0.1:32768"), comparable("127.0.0.1:40002"))


def test_the_model_may_choose_a_port_again_and_linux_another() -> None:
    match = Match()
    assert match.same(comparable("port=32768"), comparable("port=40001"))
    assert match.same(comparable("port=32768"), comparable("port=50001"))
    assert not match.same(comparable("port=32769"), comparable("port=40001"))
    assert shown(comparable("port=32768")) == "port=32768"


@pytest.mark.parametrize(
    ("head", "kind", "behind"),
    [
        ("devtmpfs /dev ", "tmpfs", " rw,mode=755 0 0\n"),
        ("devtmpfs on /dev type ", "tmpfs", " (rw,mode=755)\n"),
        ("40 39 0:5 / /dev rw - ", "tmpfs", " devtmpfs rw,mode=755\n"),
    ],
)
def test_a_stage_has_a_tmpfs_for_its_devices(head: str, kind: str, behind: str) -> None:
    assert comparable(head + kind + behind) == comparable(f"{head}dev{kind}{behind}")
    assert comparable(f"tmpfs /mnt {kind}{behind}") != comparable(f"tmpfs /mnt dev{kind}{behind}")


@pytest.mark.parametrize(
    "line",
    [
        "devpts /dev/console devpts rw,mode=600 0 0\n",
        "devpts on /dev/console type devpts (rw,mode=600)\n",
        "41 40 0:6 /0 /dev/console rw - devpts devpts rw,mode=600\n",
    ],
)
def test_a_stage_has_its_console_mounted(line: str) -> None:
    assert comparable(f"{line}proc /proc proc rw 0 0\n") == "proc /proc proc rw 0 0\n"


def test_linux_may_give_the_number_of_a_mount_again_once_it_is_free() -> None:
    def line(number: int, above: int) -> str:
        return f"{number} {above} 0:{number} / /mnt rw - tmpfs t rw\n"

    match = Match()
    assert match.same(comparable(line(210, 123)), comparable(line(40, 88)))
    assert match.same(comparable(line(210, 123)), comparable(line(40, 88)))
    assert match.same(comparable(line(215, 123)), comparable(line(40, 88)))  # the other one is gone
    assert not match.same(comparable(line(215, 210)), comparable(line(40, 41)))
    assert not match.same(comparable(line(215, 123)), comparable(line(41, 88)))
    both = comparable(line(220, 123) + line(221, 123))
    assert not match.same(both, comparable(line(42, 88) + line(42, 88)))


def test_where_memory_is_mapped_is_by_chance() -> None:
    match = Match()
    assert match.same(comparable("0x7fffffeff000\n"), comparable("0x7efdb418c000\n"))
    assert match.same(comparable("0x7fffffefe000\n"), comparable("0x7ffc02bbb000\n"))
    assert not match.same(comparable("0x7fffffefe000\n"), comparable("0x7efdb418c000\n"))


def test_ports_that_somebody_asked_for_are_not_by_chance() -> None:
    assert not Match().same(comparable("127.0.0.1:8080"), comparable("127.0.0.1:8081"))
    assert not Match().same(comparable("127.0.0.1:8080"), comparable("127.0.0.1:40001"))


def test_of_a_socket_in_proc_its_ends_state_owner_and_inode_are_compared() -> None:
    mine = TCP.format(
        port=32768, rest="00:00000000 00000000     0        0 229 2 0000 20 4 30 10 -1"
    )
    rest = "02:000A2F1C 00000000     0        0 1018682 2 00000000f3c9fcf8 20 0 0 10 -1"
    theirs = TCP.format(port=40001, rest=rest)
    match = Match()
    assert match.same(comparable(mine), comparable(theirs))
    assert match.same(comparable("socket:[229]"), comparable("socket:[1018682]"))
    assert not match.same(comparable("socket:[230]"), comparable("socket:[1018682]"))
    for what, else_ in ((":1F90 01 ", ":1F90 08 "), ("     0        0", "  1000        0")):
        assert not Match().same(comparable(mine), comparable(theirs.replace(what, else_)))


def test_puppets_sockets_are_not_the_script_s() -> None:
    own = "00000000369d95b4: 00000003 00000000 00000000 0005 03 957390\n"
    bound = "00000000dcbeb4b2: 00000003 00000000 00000000 0005 03 957389 @c03be\n"
    named_ = "00000000cc268833: 00000002 00000000 00010000 0001 01 957388 /tmp/door\n"
    assert comparable(own + named_ + bound) == comparable(named_)
    assert comparable(named_) != ""


def test_a_quoted_table_is_in_no_order_either() -> None:
    def written(text: str) -> str:
        return f"write(1, {comparable(text)!r})"

    one = written("127.0.0.1:32768 a\n127.0.0.1:80 b\n")
    assert Match().same(one, written("127.0.0.1:80 b\n127.0.0.1:40001 a\n"))
    assert not Match().same(one, written("127.0.0.1:80 a\n127.0.0.1:40001 b\n"))


def test_a_link_s_state_settles_later() -> None:
    mine = "flags=4099, mtu=1500, mac='02:00:00:00:00:e7', state='LOWERLAYERDOWN', kind='veth'"
    theirs = "flags=4163, mtu=1500, mac='b6:b3:84:08:7e:96', state='UNKNOWN', kind='veth'"
    assert Match().same(comparable(mine), comparable(theirs))
    assert not Match().same(comparable(mine), comparable(theirs.replace("4163", "4162")))
