"""Texts and options at random, for both tools to be given."""

from hypothesis import settings
from hypothesis import strategies as st

quick = settings(max_examples=50, deadline=None, derandomize=True)
TEXT = st.text(st.sampled_from("aab 1.-\t\n\n:_Bé"), max_size=40)


def options(*known: str) -> st.SearchStrategy[list[str]]:
    """A few of these options."""
    return st.lists(st.sampled_from(known), max_size=3, unique=True)
