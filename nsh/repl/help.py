"""What F1 shows: the keys, and the words that a prompt knows beside the language."""

from typing import Final

from nsh.session.words import WORDS

KEYS: Final = (
    ("Tab", "what could stand here"),
    ("Right", "take the grey suggestion from history"),
    ("Up Down ^R", "history, and a search in it"),
    ("Enter", "perform, or another line while something is open"),
    ("Esc Enter", "another line in any case"),
    ("^C ^Z ^\\", "SIGINT, SIGTSTP, SIGQUIT to what runs; here ^C begins anew"),
    ("^D", "end of input for what reads; at an empty prompt: leave"),
    ("F4", "the keys of vi or of emacs"),
    ("^X ^E", "the line in $EDITOR (vi keys: v)"),
)


def text() -> str:
    """A screenful."""
    lines = [f"  {keys:<12} {said}" for keys, said in KEYS]
    lines += ["", *(f"  {word.usage:<20} {word.summary}" for word in WORDS.values())]
    return "\n".join(lines)
