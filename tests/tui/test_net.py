"""The pane of network namespaces, in the place of that of devpts."""

from __future__ import annotations

from nsh.tui.panes.devpts import DevptsPane
from nsh.tui.panes.net import NetPane
from tests.tui.stage import LARGE, SMALL, shown, stage, text

SCRIPT = """\
ip link set lo up
spawn --net web
ip link add v0 type veth peer name eth0 netns web
web { ip addr add 10.0.0.2/24 dev eth0; socket inet stream; bind 3 :80; listen 3 }
"""


async def test_links_and_ports_are_listed_by_namespace():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end")
        assert app.query_one(DevptsPane).display
        await pilot.press("9")
        await pilot.pause()
        assert not app.query_one(DevptsPane).display
        assert isinstance(app.focused, NetPane)
        found = [line.split() for line in shown(app, "net") if line]
        assert ["▹", "0", "lo", "UP", "127.0.0.1/8"] in found
        assert any("10.0.0.2/24" in line for line in found)
        assert any(line[-3:] == ["LISTEN", "0.0.0.0:80", "2"] for line in found)
        await pilot.press("6")
        assert app.query_one(DevptsPane).display
        assert not app.query_one(NetPane).display


async def test_going_back_takes_the_links_away():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "9", "home")
        assert [line.split()[:3] for line in shown(app, "net")[1:2]] == [["▹", "0", "lo"]]
        assert not any("eth0" in line for line in shown(app, "net"))


async def test_in_the_small_layout_it_shares_the_place_below():
    async with stage(SCRIPT, SMALL) as (app, pilot):
        await pilot.press("end", "9")
        await pilot.pause()
        assert any("9 net" in line for line in text(app))
        assert any("127.0.0.1/8" in line for line in shown(app, "net"))
        await pilot.press("3")
        assert not app.query_one(NetPane).display


async def test_what_the_last_step_did_is_in_the_margin():
    async with stage(SCRIPT, LARGE) as (app, pilot):
        await pilot.press("end", "9")
        await pilot.pause()
        found = {line.split()[1]: line.split()[0] for line in shown(app, "net")[3:6]}
        assert found["tcp"] == "+"
        assert found["eth0@0:v0"] == "~"
        assert "▹ 0 " in shown(app, "net")[1]
