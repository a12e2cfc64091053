"""What completion costs where there are very many tasks."""

import time

from nsh.lang.completion import complete
from nsh.machine.tasks import Task
from nsh.session.index import Index
from nsh.session.session import Session
from nsh.session.surroundings import Around
from nsh.userland.registry import commands

TASKS = 100_000
ROUNDS = 5
TEXTS = (
    "",
    "kill ",
    "kill w.",
    "kill w.9999",
    "kill 0:",
    "kill 0:9999",
    "as w.5",
    "pkill ",
    "cat /tmp/",
)
"""An empty line, and arguments that many, some or few tasks fit."""


def completing() -> tuple[str, str, str, str]:
    """The slowest of :data:`TEXTS` at a prompt, with 100,000 live tasks; and what the prompt
    prepares meanwhile."""
    session = Session(keep=False, max_steps=10 * TASKS)
    session.run(f"echo {4 * TASKS} > /proc/sys/kernel/pid_max; spawn -n {TASKS} w")
    assert session.machine.count(Task) > TASKS
    index = Index()
    start = time.perf_counter()
    index.prepare(session.machine)
    prepared = time.perf_counter() - start
    found = {text: min(_once(session, index, text) for _ in range(ROUNDS)) for text in TEXTS}
    worst = max(found, key=lambda text: found[text])
    ours = f"{found[worst] * 1e3:.1f} ms for {worst!r}"
    return ours, f"prepared in {prepared * 1e3:.0f} ms", "-", "< 20 ms"


def _once(session: Session, index: Index, text: str) -> float:
    start = time.perf_counter()
    complete(text, len(text), commands, Around(session.machine, index))
    return time.perf_counter() - start
