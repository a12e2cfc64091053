"""What a mistyped word was probably meant to be."""

from collections.abc import Iterable

_SHORT = 4
_NEAR, _NEAR_IF_SHORT = 0.7, 0.6
"""How alike they are at the least (``difflib.SequenceMatcher.ratio``); a wrong letter weighs more
in few."""


def nearest(word: str, names: Iterable[str]) -> str:
    """The one of *names* that *word* was probably meant to be, or "" if none is near.

    That both begin with dashes makes no option like another.
    """
    candidates = sorted(set(names))
    for other in (word.upper(), word.lower()):
        if other in candidates:
            return other
    import difflib  # noqa: PLC0415  # only who errs needs it

    meant = word.lstrip("-")
    dashed = word[: len(word) - len(meant)]
    bare = [name.removeprefix(dashed) for name in candidates if name.startswith(dashed)]
    cutoff = _NEAR if len(meant) >= _SHORT else _NEAR_IF_SHORT
    found = [name for name in bare if len(meant) > 1 and sorted(name) == sorted(meant)]
    found = found or difflib.get_close_matches(meant, bare, n=1, cutoff=cutoff)
    return dashed + found[0] if found else ""


def suggestion(word: str, names: Iterable[str]) -> str:
    """``; did you mean 'TERM'?``, or nothing where none of *names* is near."""
    near = nearest(word, names)
    return f"; did you mean {near!r}?" if near else ""
