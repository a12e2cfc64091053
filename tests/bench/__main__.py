"""``python -m tests.bench [NAME...] [--markdown]``."""

import sys

from tests.bench import measures


def main() -> int:
    """Measure what was asked for, or everything; print a table."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    unknown = [word for word in words if word not in measures.MEASURES]
    if unknown:
        print(f"no such measure: {', '.join(unknown)}; there are {', '.join(measures.MEASURES)}")
        return 2
    rows = []
    for name, measure in measures.MEASURES.items():
        if not words or name in words:
            print(f"measuring {name} ...", file=sys.stderr)
            rows.append((name, *measure()))
    if "--markdown" in sys.argv:
        print("| what | ours | theirs | ratio | wanted |\n|---|---|---|---|---|")
        for name, ours, theirs, ratio, wanted in rows:
            print(f"| {name} | {ours} | {theirs} | {ratio} | {wanted} |")
    else:
        for name, ours, theirs, ratio, wanted in rows:
            print(f"{name:<16} {ours:<28} {theirs:<34} {ratio:<12} wanted {wanted}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
