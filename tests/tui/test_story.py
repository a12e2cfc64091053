"""What a history tells: statements, chapters and output, at any position, on any branch."""

import re

import pytest

from nsh.abi.process import Getpid
from nsh.machine import Machine
from nsh.machine.ids import TaskId
from nsh.session.history import Output, Place, Step
from nsh.session.session import Session
from nsh.tui.narration import WELCOME
from nsh.tui.story import LINE_KEPT, Story, Written
from nsh.tui.tables import EMPTY
from nsh.views.containers import containers

NOTHING = Machine()


def step(
    number: int, cursor: int, *output: bytes, fd: int = 1, told: str = "", text: str = "x"
) -> Step:
    return Step(
        number,
        NOTHING,
        cursor=cursor,
        place=Place("t", cursor, text, told),
        request=Getpid(),
        output=tuple(Output(1, fd, data) for data in output),
    )


def story(*steps: Step) -> Story:
    made = Story()
    made.follow(steps)
    return made


def test_output_at_any_position():
    told = story(
        Step(0, NOTHING),
        step(1, 1, b"one\ntw"),
        step(2, 1, b"o\r\n", b"three"),
        step(3, 1, b"!\n", fd=2),
        step(4, 1),
    )
    assert [told.output_length(at) for at in range(5)] == [0, 2, 3, 4, 4]
    assert told.output(1, 0, 9) == [Written(1, "one", 1), Written(1, "tw", 1)]
    assert told.output(2, 0, 9) == [
        Written(1, "one", 1),
        Written(1, "two", 1),
        Written(1, "three", 1),
    ]
    assert told.output(3, 1, 2) == [Written(1, "two", 1), Written(1, "three", 1)]
    assert told.output(4, 3, 9) == [Written(2, "!", 1)]
    assert told.output(0, 0, 9) == []


def test_what_comes_behind_a_failure_begins_a_line():
    given_up = Step(2, NOTHING, cursor=1, message="given up: interrupted", failed=True)
    told = story(Step(0, NOTHING), step(1, 1, b"^C"), given_up, step(3, 2, b"next\n"))
    assert [told.output_length(at) for at in range(4)] == [0, 1, 1, 2]
    assert [line.text for line in told.output(3, 0, 9)] == ["^C", "next"]


def test_another_way_forgets_the_one_before():
    common = [Step(0, NOTHING), step(1, 1, b"a\n", told="first", text="")]
    told = story(*common, step(2, 2, b"b\n"), step(3, 3, b"c\n", told="third", text=""))
    assert (told.statements, told.chapters, told.calls) == ([1, 2, 3], [1, 3], [1, 2, 3])
    told.follow([*common, step(2, 2, b"B")])
    assert told.output(2, 0, 9) == [Written(1, "a", 1), Written(1, "B", 1)]
    assert (told.statements, told.chapters, told.calls) == ([1, 2], [1], [1, 2])
    told.follow(common[:1])
    assert (told.output_length(0), told.statements, told.narration(0)) == (0, [], "")


def test_a_narration_lasts_until_the_next():
    told = story(
        Step(0, NOTHING),
        step(1, 1, told="one", text=""),
        step(2, 2, told="one", text="ps"),
        step(3, 2, told="one", text="ps"),
        step(4, 3, told="two", text="kill 3"),
        step(5, 4, told="one", text=""),
    )
    assert told.chapters == [1, 4, 5]
    assert [told.narration(at) for at in range(6)] == ["one", "one", "one", "one", "two", "one"]
    assert [told.chapter(at) for at in range(6)] == [0, 1, 1, 1, 2, 3]
    assert [told.opens_chapter(at) for at in (1, 2, 4)] == [True, False, True]
    assert told.next_text(0) == "ps"
    assert told.next_text(3) == "kill 3"
    assert told.next_text(4) == ""


def test_a_line_without_end_is_cut():
    told = story(step(0, 0, b"x" * 10_000), step(1, 0, b"y" * 10_000, b"\nz"))
    assert [len(line.text) for line in told.output(1, 0, 9)] == [LINE_KEPT, 1]


def test_only_calls_and_messages_are_in_the_boundary_pane():
    silent = Step(1, NOTHING)
    spoken = Step(2, NOTHING, message="given up")
    told = story(Step(0, NOTHING), silent, spoken, step(3, 1))
    assert told.calls == [2, 3]
    assert [told.calls_at(at) for at in range(4)] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("text", "made"), [(WELCOME.partition("; `help`")[0], ["web"]), (EMPTY, ["web", "db"])]
)
def test_what_the_first_screen_proposes_makes_containers_and_leaves_init_outside(
    text: str, made: list[str]
) -> None:
    proposed = re.findall(r"`(.+?)`|\[b\](.+?)\[/b\]", text)
    session = Session()
    for marked, bold in proposed:
        assert session.run(marked or bold).ok
    assert [space.name for space in containers(session.machine)] == ["", *made]
    assert session.task("init").pids == (1,)


def test_who_has_written_up_to_a_position():
    def wrote(number: int, task: int, terminal: int, data: bytes) -> Step:
        return Step(number, NOTHING, TaskId(task), output=(Output(terminal, 1, data),))

    steps = [
        Step(0, NOTHING),
        wrote(1, 5, 8, b"one\ntwo"),
        wrote(2, 6, 9, b"x"),
        wrote(3, 6, 9, b"\n"),
    ]
    told = story(*steps)
    known = {key: [told.has_output(at, key) for at in range(4)] for key in (5, 6, 7, 8, 9)}
    late = [False, False, True, True]
    assert known == {5: [False, True, True, True], 6: late, 7: [False] * 4, 8: known[5], 9: late}
    told.follow(steps[:2])
    assert not told.has_output(3, 6)
    assert told.has_output(1, 5)
    told.follow(steps)
    assert told.has_output(3, 6)
