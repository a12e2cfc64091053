"""``nsh help``: from the registries, so that what is said is what there is."""

import difflib
from collections.abc import Sequence

from nsh.kernel import policies
from nsh.lang.manual import CONSTRUCTS
from nsh.userland import usage
from nsh.userland.registry import Topic, commands

_NAME = 14


def page(words: Sequence[str]) -> str | None:
    """The page on a command, a construct, a policy or a chapter; the index for no words."""
    if not words:
        return index()
    topic = " ".join(words)
    declaration = commands.find(topic)
    if declaration is not None:
        return usage.text(declaration)
    if topic in CONSTRUCTS:
        return CONSTRUCTS[topic]
    for chosen in policies.policies():
        if topic in (chosen.name, "policy", "policies"):
            return _policies(chosen.name if topic == chosen.name else "")
    if topic in ("profile", "profiles"):
        return "Profiles, each the position of a document: " + ", ".join(policies.PROFILES) + "\n"
    for chapter in Topic:
        if topic.casefold() == str(chapter).casefold():
            return _chapter(chapter)
    return None


def index() -> str:
    """Every command by chapter, the constructs of the language, the policies."""
    parts = [_chapter(chapter) for chapter in Topic if _members(chapter)]
    names = ", ".join(sorted(CONSTRUCTS))
    parts.append(f"The language\n  {names}\n")
    parts.append(_policies(""))
    parts.append("More: nsh help COMMAND, CONSTRUCT, POLICY or CHAPTER\n")
    return "\n".join(parts)


def suggestion(words: Sequence[str]) -> str:
    """A clause that names what is nearest, or nothing."""
    names = [*commands.names(), *CONSTRUCTS, *(one.name for one in policies.policies())]
    near = difflib.get_close_matches(" ".join(words), names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _members(chapter: Topic) -> list[tuple[str, str]]:
    return [(one.name, one.summary) for one in commands if one.topic == chapter]


def _chapter(chapter: Topic) -> str:
    lines = [str(chapter)]
    lines += [f"  {name:<{_NAME}} {summary}" for name, summary in _members(chapter)]
    return "\n".join(lines) + "\n"


def _policies(only: str) -> str:
    lines = ["Policies (policy NAME VALUE)"]
    for one in policies.policies():
        if only in ("", one.name):
            lines.append(
                f"  {one.name:<{_NAME}} {' | '.join(one.values)}   (default {one.default})"
            )
            lines.append(f"  {'':<{_NAME}} {one.summary}")
    return "\n".join(lines) + "\n"
