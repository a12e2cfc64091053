"""^C at random moments: ``python -m tests.repl.interrupting [--runs N] [--seed N]``.

Each run types commands that end, block, loop, fork and fail, presses keys that interrupt at random
moments, and then checks that the shell still works, tells nothing of its insides, lost no
line of history and leaves the terminal as it was.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.repl._pty import Line

COMMANDS = [
    b"ps",
    b"while true { }",
    b"while true { getpid > /dev/null }",
    b"cat",
    b"read x",
    b"sleep 1000",
    b"spawn w { while true { sleep 1 } }",
    b"repeat 300 { spawn v { exit }; wait } > /dev/null",
    b"trap INT { echo caught }",
    b"trap INT ignore",
    b"trap INT default",
    b"cat | cat | wc -l",
    b"unshare --pid --fork ps",
    b"undo",
    b"nope",
    b"if true {",
    b"}",
    b"echo 'half",
    b"as init",
    b"\x12sp",
    b"kill --\t\t",
    b"false &",
]
KEYS = [b"\x03", b"\x03", b"\x03", b"\x03\x03", b"\x1a", b"\x1c", b"\x1b"]


def run(chance: random.Random, state: Path) -> str:
    """One run; what is wrong, or ""."""
    line = Line(state)
    try:
        line.wait(b"step")
        seen: list[str] = []
        for number in range(chance.randint(3, 8)):
            line.send(chance.choice(COMMANDS) + b"\r")
            line.read(chance.choice([0.0, 0.005, 0.02, 0.1, 0.3]))
            for _ in range(chance.randint(0, 3)):
                line.send(chance.choice(KEYS))
                line.read(chance.choice([0.0, 0.01, 0.05]))
            mark = f"mark-{chance.randrange(10**9)}-{number}"
            settle(line, mark)
            seen.append(mark)
        status = line.leave()
        if status != 0:
            return f"exit status {status}: {line.text[-2000:]}"
        for bad in ("Traceback", "Exception", "Error:"):
            at = line.text.find(bad)
            if at >= 0:
                return line.text[max(0, at - 500) : at + 4000]
        history = (state / "nsh" / "history").read_text(encoding="utf-8")
        lost = [mark for mark in seen if f"{mark[:5]}''{mark[5:]}" not in history]
        if lost:
            return f"lost from history: {lost}"
        if line.after != line.settings:
            return f"the terminal has other settings: {line.settings} {line.after}"
        return ""
    except AssertionError as failure:
        return str(failure)
    finally:
        line.close()


def settle(line: Line, mark: str) -> None:
    """Come to a prompt, whatever is going on, and have it print *mark*."""
    for _ in range(30):
        line.send(b"\x1b")
        line.read(0.05)
        line.send(b"\x03")
        line.read(0.05)
        since = len(line.output)
        line.send(f"echo {mark[:5]}''{mark[5:]}".encode() + b"\r")
        for _ in range(8):
            line.read(0.05)
            if mark.encode() in line.output[since:]:
                return
    raise AssertionError(f"no prompt any more: {line.text[-3000:]}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    failures = 0
    for number in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            wrong = run(random.Random(given.seed + number), Path(folder))
        if wrong:
            failures += 1
            print(f"run {given.seed + number}: {wrong}", file=sys.stderr)
    print(
        f"{given.runs} runs, {failures} wrong (seeds {given.seed} to {given.seed + given.runs - 1})"
    )
    return int(failures > 0)


if __name__ == "__main__":
    raise SystemExit(main())
