"""Patterns as sh(1) has them: what ``*``, ``?`` and ``[…]`` match.  Pure functions.

A pattern is a text in which a backslash takes the meaning from the character behind it, so that
one text holds what was quoted and what was not.  ``fnmatch`` has neither that nor classes.
"""

import re
from typing import Final

MAGIC: Final = re.compile(r"[*?\[]")
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
_SPECIAL: Final = re.compile(r"[*?\[\]\\!^-]")
_BRACKET: Final = re.compile(
    r"\[(?P<not>[!^]?)"
    r"(?P<members>(?:\]|\[:[a-z]+:\]|\\[\s\S]|[^\]\\])(?:\[:[a-z]+:\]|\\[\s\S]|[^\]\\])*)\]"
)
_MEMBER: Final = re.compile(
    r"\[:(?P<class>[a-z]+):\]|(?P<first>\\[\s\S]|[\s\S])(?:-(?P<last>\\[\s\S]|[^\\]))?"
)


def escaped(text: str) -> str:
    """The pattern that *text* alone matches."""
    return re.sub(_SPECIAL, r"\\\g<0>", text)


def literal(pattern: str) -> str:
    """What *pattern* says if none of it has a meaning."""
    return re.sub(_UNESCAPED, r"\g<char>", pattern)


def is_active(pattern: str) -> bool:
    """Whether *pattern* may match anything but what it says."""
    for match in re.finditer(r"\\[\s\S]|[*?\[]", pattern):
        if match[0] in "*?" or (match[0] == "[" and _BRACKET.match(pattern, match.start())):
            return True
    return False


def regex(pattern: str, *, lazy: bool = False) -> str:
    """The regular expression of *pattern*, for ``re.DOTALL``; a ``*`` takes as much as it can, or
    if *lazy* as little."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        bracket = _BRACKET.match(pattern, at) if char == "[" else None
        if bracket is not None:
            found.append(_members(bracket))
            at = bracket.end()
            continue
        if char == "*":
            found.append(".*?" if lazy else ".*")
        elif char == "?":
            found.append(".")
        else:
            if char == "\\" and at + 1 < len(pattern):
                at += 1
            found.append(re.escape(pattern[at]))
        at += 1
    return "".join(found)


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


def trimmed(value: str, operator: str, pattern: str) -> str:
    """*value* without what *pattern* matches at its start (``#``) or end (``%``): the shortest
    such stretch, or if doubled the longest."""
    rule = regex(pattern, lazy=operator == "#")
    if operator[0] == "#":
        found = re.match(rule, value, re.DOTALL)
        return value if found is None else value[found.end() :]
    before = "(.*?)" if operator == "%%" else "(.*)"
    found = re.match(rf"{before}(?:{rule})\Z", value, re.DOTALL)
    return value if found is None else found[1]
