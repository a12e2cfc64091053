"""Which containers are in front: wanted ones come forward, nobody else moves."""

from hypothesis import given
from hypothesis import strategies as st

from nsh.tui.front import come_forward


def test_there_is_room_for_all():
    assert come_forward((), [], [1, 2], 3) == (1, 2)


def test_who_is_shown_keeps_its_place():
    assert come_forward((2, 1), [], [1, 2, 3], 2) == (2, 1)


def test_a_wanted_one_takes_the_place_of_the_least_wanted():
    assert come_forward((1, 2), [3, 1], [1, 2, 3], 2) == (1, 3)
    assert come_forward((1, 2), [3, 2], [1, 2, 3], 2) == (3, 2)


def test_a_gone_one_leaves_its_place_to_another():
    assert come_forward((1, 2, 3), [], [2, 3, 4], 3) == (4, 2, 3)


def test_less_room_than_before():
    assert come_forward((1, 2, 3), [3], [1, 2, 3], 1) == (3,)


_spaces = st.lists(st.integers(1, 9), unique=True)


@given(_spaces, _spaces, _spaces, st.integers(1, 5))
def test_places_are_stable_and_filled(shown, wanted, existing, room):
    front = come_forward(shown, wanted, existing, room)
    assert len(front) == len(set(front)) == min(room, len(existing))
    assert set(front) <= set(existing)
    alive = [space for space in wanted if space in existing]
    assert set(alive[:room]) <= set(front)
    if len(shown) <= room and set(shown) <= set(existing):
        for place, space in enumerate(shown):
            assert space not in front or front[place] == space
    assert come_forward(front, wanted, existing, room) == front
