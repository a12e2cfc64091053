"""Patterns as sh(1) has them: what ``*``, ``?`` and ``[…]`` match.  Pure functions.

A pattern is a text in which a backslash takes the meaning from the character behind it, so that
one text holds what was quoted and what was not.  ``fnmatch`` has neither that nor classes.
"""

import re
from typing import Final

MAGIC: Final = r"[*?\[]"
"""What may begin a pattern; a look at a word that holds none of them is enough."""

_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_UNESCAPED: Final = r"\\(?P<char>[\s\S])"
_SPECIAL: Final = r"[*?\[\]\\!^-]"
_BRACKET: Final = (
    r"\[(?P<not>[!^]?)"
    r"(?P<members>(?:\]|\[:[a-z]+:\]|\\[\s\S]|[^\]\\])(?:\[:[a-z]+:\]|\\[\s\S]|[^\]\\])*)\]"
)
_MEMBER: Final = r"\[:(?P<class>[a-z]+):\]|(?P<first>\\[\s\S]|[\s\S])(?:-(?P<last>\\[\s\S]|[^\\]))?"


def escaped(text: str) -> str:
    """The pattern that *text* alone matches."""
    return re.sub(_SPECIAL, r"\\\g<0>", text)


def literal(pattern: str) -> str:
    """What *pattern* says if none of it has a meaning."""
    return re.sub(_UNESCAPED, r"\g<char>", pattern)


def is_active(pattern: str) -> bool:
    """Whether *pattern* may match anything but what it says."""
    closed = True  # a bracket that nothing closes is the last to be looked at
    for match in re.finditer(r"\\[\s\S]|[*?\[]", pattern):
        if match[0] == "[":
            closed = closed and re.match(_BRACKET, pattern[match.start() :]) is not None
        if match[0] in "*?" or (match[0] == "[" and closed):
            return True
    return False


def regex(pattern: str) -> str:
    """The regular expression of *pattern*, for ``re.fullmatch`` with ``re.DOTALL``."""
    return _expression(_tokens(pattern), longest=True)


def trimmed(value: str, operator: str, pattern: str) -> str:
    """*value* without what *pattern* matches at its start (``#``) or end (``%``): the shortest
    such stretch, or if doubled the longest."""
    tokens, longest = _tokens(pattern), len(operator) == 2
    if operator[0] == "#":
        return value[_reach(tokens, value, longest) :]
    return value[: len(value) - _reach(tokens[::-1], value[::-1], longest)]


def _reach(tokens: list[str], value: str, longest: bool) -> int:
    """How many characters at the start of *value* match."""
    found = re.match(_expression(tokens, longest), value, re.DOTALL)
    return 0 if found is None else found.end()


def _expression(tokens: list[str], longest: bool) -> str:
    """What *tokens* match, the longest or the shortest.

    Between two stars the first place that fits is as good as any, so none is left again
    (``(?>…)``): the work grows with the text, not with its powers.
    """
    parts = [""]
    for token in tokens:
        if token:
            parts[-1] += token
        else:
            parts.append("")
    first, *rest = parts
    if not rest:
        return first
    between = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return f"{first}{between}{'.*' if longest else '.*?'}{rest[-1]}"


def _tokens(pattern: str) -> list[str]:
    """The regular expression of each character that *pattern* matches, "" for a star."""
    found: list[str] = []
    at, closed = 0, True
    while at < len(pattern):
        char = pattern[at]
        if char == "[" and closed:
            bracket = re.match(_BRACKET, pattern[at:])
            closed = bracket is not None
            if bracket is not None:
                found.append(_members(bracket))
                at += bracket.end()
                continue
        if char == "*":
            found.append("")
        elif char == "?":
            found.append(".")
        else:
            if char == "\\" and at + 1 < len(pattern):
                at += 1
            found.append(re.escape(pattern[at]))
        at += 1
    return found


def _members(bracket: re.Match[str]) -> str:
    """What ``[…]`` matches; a range that ends before it begins has nobody in it."""
    found: list[str] = []
    for member in re.finditer(_MEMBER, bracket["members"]):
        if member["class"] is not None:
            found.append(_CLASSES.get(member["class"], ""))
            continue
        first, last = literal(member["first"]), literal(member["last"] or member["first"])
        if first <= last:
            found.append(f"{re.escape(first)}-{re.escape(last)}")
    if not any(found):
        return "." if bracket["not"] else r"(?!)"
    return f"[{'^' if bracket['not'] else ''}{''.join(found)}]"
