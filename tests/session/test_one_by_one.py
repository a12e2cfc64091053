"""What somebody typed, performed a step at a time: the same as at once, and it can be given up."""

from nsh.session.session import Session


def test_one_by_one_is_the_same_as_at_once():
    once, slowly = Session(), Session()
    once.load("spawn b\n")
    slowly.load("spawn b\n")
    result = once.submit("spawn a; nosuchcommand; spawn c")
    steps = list(slowly.performing("spawn a; nosuchcommand; spawn c"))
    assert len(steps) == len(result.steps)
    assert slowly.digest == once.digest
    while once.forward():
        pass
    while slowly.forward():
        pass
    assert slowly.digest == once.digest


def test_closing_gives_up_what_is_under_way_and_the_script_goes_on():
    session = Session(max_steps=10_000)
    session.load("spawn b\n")
    steps = session.performing("while true { getpid }")
    for _ in range(50):
        next(steps)
    steps.close()
    assert session.step.message == "given up: interrupted"
    assert session.status == 130
    assert session.submit("spawn a").ok
    while session.forward():
        pass
    assert [task.label or "init" for task in session.tasks()] == ["init", "a", "b"]


def test_a_line_that_is_not_asked_for_does_nothing():
    session = Session()
    before = session.digest
    session.performing("spawn a").close()
    assert session.digest == before
