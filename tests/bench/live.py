"""``nsh live --once --json`` against lsns(8) and ps(1), over the same 2,000 processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

from tests.linux.observe.colony import colony

ROUNDS = 7
SPACES, TASKS, DEPTH = 50, 40, 2
"""Half of the namespaces are nested in the other half."""

_OURS = """
import gc, sys, time
gc.disable()
from nsh.linux import observe
from nsh.linux.observe import schema
from nsh.linux.observe.sight import Sight
start = time.perf_counter()
wanted = observe.USUAL
text = schema.encode(Sight(observe.read(wanted=wanted, split=True)), wanted)
print(time.perf_counter() - start, file=sys.stderr)
sys.stdout.buffer.write(text)
"""
"""What the command does once it has started."""


def _ours() -> tuple[float, bytes]:
    run = subprocess.run([sys.executable, "-c", _OURS], check=True, capture_output=True)
    return float(run.stderr), run.stdout


def _theirs(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _wrong(told: dict[str, list[list[int]]], text: bytes) -> int:
    """How many processes were observed otherwise than they say of themselves."""
    tasks = {task["pid"]: task for task in json.loads(text)["tasks"]}
    wrong = 0
    for numbers in told["tasks"]:
        seen = tasks.get(numbers[0])
        wrong += seen is None or seen["pids"] != numbers
    return wrong


def live() -> tuple[str, str, str, str]:
    """Reading and rendering, start-up excluded: that of a tool is what its --version takes."""
    wanted = ">= 3x lsns, > 1x ps, 0 wrong"
    if not shutil.which("lsns") or not shutil.which("ps"):
        return "-", "no lsns or no ps here", "-", wanted
    ours = lsns = ps = float("inf")
    start_lsns = start_ps = float("inf")
    wrong = 0
    try:
        with colony(SPACES, TASKS, DEPTH) as told:
            for _ in range(ROUNDS):
                seconds, text = _ours()
                ours = min(ours, seconds)
                wrong = max(wrong, _wrong(told, text))
                lsns = min(lsns, _theirs("lsns"))
                start_lsns = min(start_lsns, _theirs("lsns", "--version"))
                ps = min(ps, _theirs("ps", "-e", "-o", "pid,pidns,comm"))
                start_ps = min(start_ps, _theirs("ps", "--version"))
            count = len(told["tasks"])
    except OSError as problem:
        return "-", str(problem), "-", wanted
    lsns, ps = lsns - start_lsns, ps - start_ps
    return (
        f"{ours * 1e3:.0f} ms; {count} processes, {wrong} wrong",
        f"lsns: {lsns * 1e3:.0f} ms, ps: {ps * 1e3:.0f} ms",
        f"{lsns / ours:.1f}x, {ps / ours:.1f}x",
        wanted,
    )
