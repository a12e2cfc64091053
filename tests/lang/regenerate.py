"""``python -m tests.lang.regenerate``: make grammar/nsh.tables.json anew for a new grammar."""

from pathlib import Path

from nsh import _resources
from nsh.lang import grammar, tables

FILE = Path(__file__).resolve().parents[2] / "grammar" / "nsh.tables.json"


def main() -> None:
    """Write the file."""
    built = grammar.build_parser(**grammar.TRUSTING)
    text = tables.dump(built, _resources.read("grammar", "nsh.lark"))
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
