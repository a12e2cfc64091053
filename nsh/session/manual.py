"""``help`` and ``nsh help``: from the registries, so that what is said is what there is."""

import re
import textwrap
from collections.abc import Iterator, Sequence

from nsh import spelling
from nsh._resources import folder
from nsh.kernel import policies
from nsh.lang import foreign
from nsh.lang import manual as language
from nsh.lang.manual import CONSTRUCTS
from nsh.session import notions
from nsh.session.mechanisms import DOCUMENTS, MECHANISMS
from nsh.session.words import WORDS, explained
from nsh.userland import usage
from nsh.userland.registry import Topic, commands

_LISTS = ("commands", "topics", "policies", "profiles", "documents", "mechanisms", "demos")
_NAME = 14
_WIDTH = 80
_PATH = 39


def page(words: Sequence[str], columns: int = usage.WIDTH) -> str | None:
    """The page on a command, a construct, a word of the prompt, a policy, a chapter, a mechanism
    (``P3``), a document (``S0``, ``franke-2005``), a signal, a page of the manual (``kill(2)``) or
    a code; the index for no words.  That on a command or construct fits *columns*.

    Several words are one topic, or else several, if there is a page on each.
    """
    if not words:
        return index()
    found = _page(words, columns)
    if found is not None or len(words) == 1:
        return found
    pages = [_page([word], columns) for word in words]
    return None if None in pages else "\n".join(filter(None, pages))


def _page(words: Sequence[str], columns: int) -> str | None:
    topic, width = " ".join(words), min(columns, usage.WIDTH)
    declaration = commands.find(topic)
    if declaration is not None:
        return usage.text(declaration, width)
    if topic in CONSTRUCTS:
        return language.page(topic, width)
    if topic in WORDS:
        return _word(topic)
    for chosen in policies.policies():
        if topic in (chosen.name, "policy", "policies"):
            return _policies(chosen.name if topic == chosen.name else "")
    if topic == "commands":
        return "\n".join(_chapter(chapter) for chapter in Topic if _members(chapter))
    if topic == "topics":
        return _topics()
    if topic in ("profile", "profiles", "documents"):
        return "".join(_document(name) for name in DOCUMENTS)
    for name, (profile, _about) in DOCUMENTS.items():
        if topic.casefold() in (name.casefold(), profile):
            return _document(name)
    if topic.upper() in MECHANISMS:
        return _mechanism(topic.upper())
    if topic == "demos":
        return _demos()
    if topic == "mechanisms":
        return "".join(_entry(name, said) + "\n" for name, said in MECHANISMS.items())
    for chapter in Topic:
        if topic.casefold() == str(chapter).casefold():
            return _chapter(chapter)
    notion = notions.page(topic)
    if notion is not None:
        return notion
    following = notions.of_the_manual(topic)
    if following:
        pages = (usage.text(one, width) for one in map(commands.find, following) if one is not None)
        return "\n".join(pages)
    code = explained(topic)
    return None if code is None else code + "\n"


def topics() -> list[str]:
    """Everything that there is a page on, but codes."""
    found = [*commands.names(), *CONSTRUCTS, *WORDS, *MECHANISMS, *DOCUMENTS]
    found += [one.name for one in policies.policies()]
    found += [profile for profile, _about in DOCUMENTS.values()]
    found += [str(chapter) for chapter in Topic if _members(chapter)]
    return list(dict.fromkeys([*found, *_LISTS, *notions.NAMES]))


def _topics() -> str:
    apart = {*commands.names(), *(name for name in notions.NAMES if name.startswith("SIG"))}
    names = ", ".join(name for name in topics() if name not in apart)
    told = (
        f"There is help on every command, every signal (SIGTERM) and code (ESRCH), and on {names}."
    )
    return _filled(told, 0) + "\n"


def index() -> str:
    """Every command by chapter, the constructs of the language, the policies."""
    parts = [_chapter(chapter) for chapter in Topic if _members(chapter)]
    names = ", ".join(sorted(CONSTRUCTS))
    parts.append(f"The language\n{_filled(f'  {names}', 2)}\n")
    parts.append(_words())
    parts.append(_policies(""))
    parts.append(
        "More: help COMMAND, CONSTRUCT, WORD, POLICY or CHAPTER;\n"
        "      help mechanisms; help documents; help demos; help topics\n"
    )
    return "\n".join(parts)


def suggestion(words: Sequence[str]) -> str:
    """A clause that names what is nearest, or nothing."""
    answer = foreign.remedy(words[0]) if len(words) == 1 else ""
    if answer:
        return f"; {answer}"
    return spelling.suggestion(" ".join(words), topics())


def _filled(line: str, indent: int) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)


def _entry(name: str, said: str) -> str:
    """One thing of a list, its text behind its name."""
    return _filled(f"  {name:<{_NAME}} {said}", _NAME + 3)


def _members(chapter: Topic) -> list[tuple[str, str]]:
    return [(one.name, one.summary) for one in commands if one.topic == chapter]


def _chapter(chapter: Topic) -> str:
    lines = [str(chapter)]
    lines += [_entry(name, summary) for name, summary in _members(chapter)]
    return "\n".join(lines) + "\n"


def _words() -> str:
    lines = ["At a prompt, beside the language"]
    lines += [_entry(name, word.summary) for name, word in WORDS.items()]
    return "\n".join(lines) + "\n"


def _word(name: str) -> str:
    word = WORDS[name]
    example = "\n          ".join(word.example.splitlines())
    summary = word.summary[:1].upper() + word.summary[1:]
    return f"Usage: {word.usage}   (at a prompt)\n{summary}.\n\nExample:  {example}\n"


def _mechanism(name: str) -> str:
    lines = [_filled(f"{name}: {MECHANISMS[name]}", len(name) + 2), "Shown by:"]
    lines += [_entry(one.name, one.summary) for one in commands if name in one.rows]
    lines += _demos_of(name)
    return "\n".join(lines) + "\n"


def _demos_of(mechanism: str = "") -> Iterator[str]:
    """The demos that come with nsh, each with its title; only those that show *mechanism*, if one
    is given, as their last lines say."""
    root = folder("demos")
    for path in sorted(root.rglob("*.nsh")):
        text = path.read_text(encoding="utf-8")
        if mechanism and not re.search(rf"^# Shows .*\b{mechanism}\b", text, re.MULTILINE):
            continue
        title = text.partition("#: ")[2].partition("\n")[0].lstrip("# ")
        name = f"  demos/{path.relative_to(root).as_posix()}"
        yield _filled(f"{name:<{_PATH}} {title.strip()}", _PATH + 1)


def _demos() -> str:
    return "\n".join(["Demos (nsh play FILE)", *_demos_of()]) + "\n"


def _document(name: str) -> str:
    profile, about = DOCUMENTS[name]
    lines = [_filled(f"{name}: {about}", len(name) + 2), f"Its position: profile {profile}"]
    lines += [
        _entry(one.name, one.profiles[profile])
        for one in policies.policies()
        if profile in one.profiles
    ]
    return "\n".join(lines) + "\n"


def _policies(only: str) -> str:
    lines = ["Policies (policy NAME VALUE)"]
    for one in policies.policies():
        if only in ("", one.name):
            values = " | ".join(one.values)
            lines.append(_entry(one.name, f"{values}   (default {one.default})"))
            lines.append(_entry("", one.summary))
    return "\n".join(lines) + "\n"
