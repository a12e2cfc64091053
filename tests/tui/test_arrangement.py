"""Arrangements as values: every cell of the stage belongs to one pane, whatever somebody does."""

from hypothesis import given
from hypothesis import strategies as st

from nsh.tui.arrangement import Arrangement, Plan, arranged, boxes, fitted, shares
from nsh.tui.plans import LIVE, PLANS

EVERY = [*PLANS.values(), *LIVE.values()]


def panes(plan: Plan) -> list[str]:
    return [pane for place in plan.places for pane in place]


@st.composite
def used(draw: st.DrawFn) -> tuple[Plan, Arrangement]:
    """A plan, and what somebody has made of it."""
    plan = draw(st.sampled_from(EVERY))
    found = arranged(plan)
    for _ in range(draw(st.integers(0, 12))):
        pane = draw(st.sampled_from(panes(plan)))
        done = draw(st.sampled_from(["show", "hide", "move"]))
        if done == "move" and pane not in found.seen:
            continue
        found = getattr(found, done)(pane)
    return plan, found


@given(used())
def test_no_pane_is_lost_and_what_is_in_front_is_there(case):
    plan, made = case
    assert sorted(pane for place in made.places for pane in place) == sorted(panes(plan))
    for place, front in enumerate(made.front):
        assert front in (*made.at(place), "")
        assert bool(front) == bool(made.at(place))
    assert not set(made.seen) & set(made.hidden)
    if made.seen:
        assert fitted(made, plan) == made


@given(used(), st.integers(1, 250), st.integers(1, 80))
def test_the_panes_that_are_seen_cover_the_stage(case, width, height):
    plan, made = case
    found = boxes(plan, made, width, height)
    assert set(found) == set(made.seen)
    cells = [
        (x, y)
        for left, top, wide, high in found.values()
        for x in range(left, left + wide)
        for y in range(top, top + high)
    ]
    assert len(cells) == len(set(cells)) == (width * height if found else 0)


def test_a_place_without_a_pane_gives_its_room_away():
    plan = PLANS["medium"]
    made = arranged(plan)
    assert boxes(plan, made, 120, 33) == {
        "tree": (0, 0, 44, 18),
        "devpts": (0, 18, 44, 7),
        "ids": (0, 25, 44, 8),
        "tables": (44, 0, 76, 11),
        "consoles": (44, 11, 76, 7),
        "output": (44, 18, 76, 7),
        "boundary": (44, 25, 76, 8),
    }
    assert boxes(plan, made.hide("ids"), 120, 33)["tree"] == (0, 0, 44, 26)
    for pane in ("tree", "ids", "devpts", "ipc", "net", "namespaces", "changes"):
        made = made.hide(pane)
    assert boxes(plan, made, 120, 33)["tables"] == (0, 0, 120, 11)


def test_panes_exchange_places_whoever_shares_them():
    made = arranged(PLANS["small"]).show("ids").move("ids")
    assert made.front == ("ids", "tables", "tree")
    assert made.places[0] == ("ids",)
    assert made.places[2][:3] == ("output", "tree", "boundary")
    one = arranged(PLANS["projection"])
    assert one.move("tree") == one


def test_what_was_kept_is_fitted_to_what_there_is():
    plan = PLANS["medium"]
    old = Arrangement((("gone", "tables"), ("tree", "tree"), *((),) * 5), ("gone", "tree"), ("x",))
    found = fitted(old, plan)
    assert sorted(pane for place in found.places for pane in place) == sorted(panes(plan))
    assert found.front[:2] == ("tables", "tree")
    assert found.hidden == ()
    assert fitted(Arrangement((), ()), plan) == arranged(plan)
    everything = Arrangement(plan.places, (), tuple(panes(plan)))
    assert fitted(everything, plan) == arranged(plan)


def test_each_layout_is_as_planned_at_its_own_size():
    for name, width, height in (("small", 80, 19), ("medium", 120, 34), ("large", 200, 54)):
        made = arranged(PLANS[name])
        found = boxes(PLANS[name], made, width, height)
        for pane, wanted in zip(made.front, heights(PLANS[name]), strict=True):
            assert found[pane][3] == wanted or not wanted


def test_a_high_terminal_is_not_for_the_first_places_alone():
    for plan in (*PLANS.values(), *LIVE.values()):
        made = arranged(plan)
        found = boxes(plan, made, 120, 300)
        sized = [(p, n) for p, n in zip(made.front, heights(plan), strict=True) if n]
        assert all(found[pane][3] > 2 * wanted for pane, wanted in sized)
        assert max(found[pane][3] for pane in made.front if pane not in dict(sized)) > 150


def heights(plan):
    foot = [plan.foot] * bool(plan.foot)
    return [*(size for column in plan.columns for size in column.heights), *foot]


def test_room_is_divided():
    assert shares([], 9) == []
    assert shares([0, 7, 8], 33) == [18, 7, 8]
    assert shares([7, 8], 33) == [25, 8]
    assert shares([0, 0], 81) == [41, 40]
    assert shares([44, 0], 40) == [30, 10]
    assert sum(shares([20, 9, 0, 11], 7)) == 7
    assert shares([5], 0) == [0]
