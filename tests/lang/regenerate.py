"""``python -m tests.lang.regenerate``: make grammar/nsh.tables.json anew for a new grammar."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nsh import _resources
from nsh.lang import grammar, tables

FILE = Path(__file__).resolve().parents[2] / "grammar" / "nsh.tables.json"
SHIFT = 0
"""An action that leads to another state; the other kind applies a rule."""


def numbered(table: dict[str, Any]) -> dict[str, Any]:
    """The parse *table* with its tokens and states numbered by their names alone: lark numbers
    them as its sets happen to be ordered."""
    names: dict[str, str] = table["tokens"]
    actions = {
        int(state): {names[token]: action for token, action in row.items()}
        for state, row in table["states"].items()
    }
    found = [table["start_states"][start] for start in sorted(table["start_states"])]
    for state in found:  # which grows
        for name in sorted(actions[state]):
            kind, argument = actions[state][name]
            if kind == SHIFT and argument not in found:
                found.append(argument)
    tokens = sorted(names.values())
    return {
        "tokens": dict(enumerate(tokens)),
        "states": {
            number: {
                tokens.index(name): (kind, found.index(argument) if kind == SHIFT else argument)
                for name, (kind, argument) in sorted(actions[state].items())
            }
            for number, state in enumerate(found)
        },
        **{
            ends: {start: found.index(state) for start, state in sorted(table[ends].items())}
            for ends in ("start_states", "end_states")
        },
    }


def made() -> str:
    """The file's text."""
    built = grammar.build_parser(**grammar.TRUSTING)
    whole = json.loads(tables.dump(built, _resources.read("grammar", "nsh.lark")))
    parser = whole["data"]["parser"]
    parser["parser"] = numbered(parser["parser"])
    return json.dumps(whole) + "\n"


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8")
