"""Random programs of hypothesis's: on both kernels the same, or else the smallest is printed.

What is printed is a script, to be looked at with ``nsh compare``.  Longer runs, from seeds:
``make conformance``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import find, given, note, settings
from msgspec.structs import replace

from nsh.abi.process import Clone
from nsh.kernel import dispatch, loading
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Machine, Transaction
from nsh.session.session import Session
from tests.conformance.__main__ import write
from tests.kernel._comparing import REPLAYS, compare
from tests.kernel._cutting import cut
from tests.kernel._genes import GENES, LONGEST, SHORTEST, SIZE, Gene, Genome, bred, genomes
from tests.kernel._linux import Linux
from tests.kernel._programs import Writer
from tests.kernel._script import exact, script
from tests.kernel._stages import opened

SMALL = 8
"""Steps, of up to sixty; two would do."""


class Referee:
    """Real processes; programs that were performed before are not performed again."""

    def __init__(self, linux: Linux) -> None:
        self._linux = linux
        self._known: dict[str, str] = {}
        self.replays = REPLAYS
        """Less where a difference is what is wanted."""

    def difference(self, genes: Genome) -> str:
        """Between the kernels, in the program of these genes; "" if there is none."""
        return self.told(bred(genes))

    def differs(self, writer: Writer) -> bool:
        """Whether the kernels do in a program."""
        return bool(self.told(writer))

    def told(self, writer: Writer) -> str:
        """Where they differ in it."""
        program = repr((writer.steps, writer.seen))
        if program not in self._known:
            self._known[program] = compare(
                self._linux, writer.steps, writer.seen, replays=self.replays
            )
        return self._known[program]


@pytest.fixture(scope="module")
def referee() -> Iterator[Referee]:
    with opened() as stage:
        yield Referee(stage)


def test_they_are_the_same_on_both_kernels(referee: Referee) -> None:
    @given(genes=GENES)
    def check(genes: Genome) -> None:
        difference = referee.difference(genes)
        if difference:
            note(f"{difference}\n\nnsh compare FILE, with this in FILE:\n")
            note(script(cut(bred(genes).steps, referee.differs).steps))
        assert not difference

    check()


@given(GENES)
@settings(max_examples=20)
def test_they_are_as_long_as_promised(genes: Genome) -> None:
    assert SHORTEST <= len(genes) <= LONGEST
    assert len(bred(genes).steps) <= LONGEST


# ---- a fault is found, and what is left of the program that has shown it is small


def a_child_blocks_nothing(tx: Transaction, caller: TaskId, request: Clone) -> object:
    """What clone(2) does not: the newcomer's signal mask is empty."""
    before = {key for key, _task in tx.items(Task)}
    reply = CLONE(tx, caller, request)
    for key, task in list(tx.items(Task)):
        if key not in before:
            tx.put(key, replace(task, blocked=0))
    return reply


loading.load_all()
CLONE: Any = dispatch._registered[Clone]


def test_a_wrong_model_is_found_out_by_a_small_program(
    referee: Referee, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: dict[Any, Any] = {**dispatch._registered, Clone: a_child_blocks_nothing}
    with monkeypatch.context() as faulty:
        faulty.setattr(dispatch, "_handlers", wrong)
        faulty.setattr(referee, "replays", 1)
        smallest = find(
            genomes(SHORTEST),  # there is less to cut away
            lambda genes: bool(referee.difference(genes)),
            settings=settings(max_examples=500, database=None),
            random=random.Random(7),
        )
        steps = bred(smallest).steps
    assert {name for _slot, name, *_args in steps} == {"clone", "sigprocmask"}
    assert len(steps) <= SMALL
    assert referee.difference(smallest) == "", "the fault was in the model"
    assert " clone2 -n p" in script(steps).splitlines()[-1]
    assert Session("mainline").run(script(steps)).ok


def test_a_program_of_a_seed_is_cut_to_a_small_one(
    referee: Referee, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ``make conformance`` does it."""
    wrong: dict[Any, Any] = {**dispatch._registered, Clone: a_child_blocks_nothing}
    monkeypatch.setattr(dispatch, "_handlers", wrong)
    for seed in range(20):
        writer = write(seed)
        if referee.differs(writer):
            small = cut(writer.steps, referee.differs)
            assert {"sigprocmask", "clone"} <= {name for _slot, name, *_args in small.steps}
            assert len(small.steps) <= SMALL
            break
    else:
        pytest.fail("no program has shown it")


# ---- the script asks for what the program does


def standing(machine: Machine) -> dict[int, list[Any]]:
    """Of the processes in the world: state, numbers, parent, threads, signals."""
    found = {}
    for key, task in machine.items(Task):
        if task.leader == key and len(task.pids) > 1:
            parent = machine.find(Task, task.parent)
            above = 0 if parent is None or len(parent.pids) == 1 else parent.pids[1]
            actions = task.actions
            found[task.pids[1]] = [task.state, task.pids[1:], above, len(task.threads)]
            found[task.pids[1]] += [task.blocked, actions.ignored, actions.handled]
    return found


def translatable(seed: int) -> Writer:
    """A program that asks for nothing but what commands ask for."""
    source = random.Random(seed)
    writer = bred(Genome())
    for _ in range(SHORTEST):
        before, length = writer.world.copy(), len(writer.steps)
        writer.random = Gene(source.randbytes(SIZE))
        if not writer.add():
            break
        if len(writer.steps) > length and not exact(writer.steps):
            writer.world = before
            writer.steps.pop()
    return writer


@pytest.mark.parametrize("seed", range(20))
def test_a_script_does_what_the_program_does(seed: int) -> None:
    writer = translatable(seed)
    session = Session("mainline", keep=False)
    result = session.run(script(writer.steps))
    assert result.ok, result.messages
    assert standing(session.machine) == standing(writer.world.machine), script(writer.steps)
