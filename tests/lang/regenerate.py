"""``python -m tests.lang.regenerate``: make grammar/nsh.tables.json anew for a new grammar."""

import os
import sys
from pathlib import Path

from nsh import _resources
from nsh.lang import grammar, tables

FILE = Path(__file__).resolve().parents[2] / "grammar" / "nsh.tables.json"
SEED = "PYTHONHASHSEED"


def main() -> None:
    """Write the file; the numbers in it depend on the seed of hashes, so one is chosen."""
    if os.environ.get(SEED) != "0":
        again = [sys.executable, "-m", "tests.lang.regenerate"]
        os.execve(sys.executable, again, {**os.environ, SEED: "0"})
    built = grammar.build_parser(**grammar.TRUSTING)
    text = tables.dump(built, _resources.read("grammar", "nsh.lark"))
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
