"""Tables below /proc/net and /proc/sysvipc, whatever stands in them."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from nsh.linux.observe import networks, sysvipc
from nsh.linux.observe.facts import Port, SysvObject

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0
   1: 0100007F:1F91 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 78 1 0
   2: nonsense
"""
TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
        +-- 10.0.0.0/30 1 0 0
           |-- 10.0.0.0
              /24 link UNICAST
           |-- 10.0.0.2
              /32 host LOCAL
        |-- 10.0.0.255
           /32 link BROADCAST
"""


def test_who_listens_is_told_apart_from_who_is_connected() -> None:
    assert list(networks.listening("tcp", TCP)) == [Port("tcp", "127.0.0.1", 8080, 1000, 77)]


def test_addresses_of_ipv6_stand_in_words_of_this_machine() -> None:
    line = f"   0: {'0' * 24}01000000:0016 {'0' * 32}:0000 0A 0:0 00:0 0 0 0 9 1 0\n"
    (port,) = networks.listening("tcp6", "head\n" + line)
    assert (port.host, port.number) == ("::1", 22)


def test_only_addresses_of_the_machine_itself_are_its_own() -> None:
    assert list(networks.addresses(TRIE)) == ["10.0.0.2"]
    line = "fd000000000000000000000000000002 04 40 00 82     eth0\n"
    assert list(networks.addresses6(line + "half a line\n")) == [("eth0", "fd00::2/64")]
    dev = "Inter-|\n face |\n    lo: 1 2\neth0.5:9: 3\n"
    assert list(networks.links(dev)) == ["lo", "eth0.5:9"]


def test_columns_are_found_by_their_names() -> None:
    text = b"key msqid perms qnum lspid lrpid uid\n-1 3 640 2 11 12 7\nshort\n"
    assert sysvipc.table("msg", text) == [SysvObject("msg", 3, 0xFFFFFFFF, 7, 0o640, 2, 11, 12)]
    doomed = b"key shmid perms nattch cpid lpid uid\n0 1 1600 1 2 3 4\n"
    assert [(one.mode, one.doomed) for one in sysvipc.table("shm", doomed)] == [(0o600, True)]


@given(st.text())
def test_whatever_stands_there_nothing_worse_than_a_value_error_comes_of_it(text: str) -> None:
    sysvipc.table("sem", text.encode("utf-8", "surrogatepass"))
    list(networks.addresses(text))
    list(networks.links(text))
    for parse in (networks.addresses6, lambda said: networks.listening("tcp", said)):
        with suppress(ValueError):
            list(parse(text))
