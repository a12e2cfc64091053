"""grep: lines that match."""

import re
from collections.abc import Sequence
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland import pcre
from nsh.userland.grep_search import Search
from nsh.userland.grep_tree import Tree
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.regex import alternatives
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Inputs

_FOUND, _NOT_FOUND, _TROUBLE = 0, 1, 2
_MATCHERS: Final = ("extended-regexp", "fixed-strings", "basic-regexp", "perl-regexp")


def _older(argv: Sequence[str]) -> Sequence[str]:
    """``grep -2 x``, as the first word: -C 2."""
    if argv and re.fullmatch("-[0-9]+", argv[0], re.ASCII):
        return ["-C", argv[0][1:], *argv[1:]]
    return argv


@command(
    "grep",
    "print the lines that match a pattern",
    Topic.TEXT,
    options=(
        option("-E, --extended-regexp", "+ ? | ( ) { } are special; -G: not; -F: nothing is"),
        option("-e, --regexp=PATTERN", "the pattern, or one of several; -P: it is Perl's"),
        option("-i, --ignore-case", "capitals are the same as small letters"),
        option("-v, --invert-match", "the lines that do not match"),
        option("-w, --word-regexp", "only whole words match; -x: only whole lines"),
        option("-c, --count", "print how many lines; -l: in which files; -L: not"),
        option("-m, --max-count=NUM", "stop after NUM lines of each file", Kind.NUMBER),
        option("-o, --only-matching", "print only what matches; -b: and its offset in bytes"),
        option("-n, --line-number", "with line numbers; -H: with file names; -h: without"),
        option("-A, --after-context=NUM", "and NUM lines after; -B: before; -C: both", Kind.NUMBER),
        option("-r, --recursive", "also in directories; -R: even behind links there"),
        option("--include=GLOB", "such files only; --exclude, --exclude-dir: others"),
        option("-q, --quiet, --silent", "print nothing, and stop at the first match"),
        option("-s, --no-messages", "no complaints; -a, --text: binary files are text"),
        option("-F, --fixed-strings", ""),
        option("-G, --basic-regexp", ""),
        option("-P, --perl-regexp", ""),
        option("-x, --line-regexp", ""),
        option("-l, --files-with-matches", ""),
        option("-L, --files-without-match", ""),
        option("-b, --byte-offset", ""),
        option("-H, --with-filename", ""),
        option("-h, --no-filename", ""),
        option("-B, --before-context=NUM", "", Kind.NUMBER),
        option("-C, --context=NUM", "", Kind.NUMBER),
        option("-R, --dereference-recursive", ""),
        option("--exclude=GLOB", ""),
        option("--exclude-dir=GLOB", ""),
        option("-a, --text", ""),
    ),
    operands=(optional("PATTERN"), optional("FILE", Kind.PATH, many=True)),
    man="grep(1)",
    gap="with -E the first alternative in parentheses counts, not the longest",
    examples=("grep -r --include='ns_*' . /proc/sys/kernel",),
    see=("wc", "pgrep"),
    answers=True,
    trouble=_TROUBLE,
    prepare=_older,
)
def grep(call: Invocation, given: Given) -> Running:
    """Status 0 if a line was selected, 1 if none, 2 if a file could not be read."""
    if len({key for key, _ in given.options if key in _MATCHERS}) > 1:
        raise UsageError("conflicting matchers specified")
    operands = list(given.operands)
    patterns = given.all("regexp")
    if not patterns:
        if not operands:
            raise UsageError("missing operand")
        patterns = [operands.pop(0)]
    limit = _limit(given)
    compiled = _compiled(given, patterns)
    tree = Tree(call, given)
    files = yield from tree.files(operands)
    found = False
    status = _TROUBLE if tree.failed else 0
    if files or not (operands or tree.descended):
        inputs = Inputs(call, files, _TROUBLE, quiet=given.has("no-messages"))
        named = len(operands) > 1 or tree.descended
        search = Search(call, given, compiled, limit, named=named)
        while limit != 0 and (yield from inputs.next()):
            selected = yield from search.file(inputs)
            found = found or selected
            if found and given.has("quiet"):
                return _FOUND
        status = status or inputs.status
    return status or (_FOUND if found else _NOT_FOUND)


def _limit(given: Given) -> int:
    """How many lines to select of each file; -1 is no limit."""
    text = given.get("max-count", "-1")
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise UsageError("invalid max count")
    return max(-1, int(text))


def _compiled(given: Given, patterns: list[str]) -> list[re.Pattern[str]]:
    """The patterns; each line of one is one."""
    kind = given.last(*_MATCHERS)
    if kind == "perl-regexp" and (len(patterns) > 1 or "\n" in patterns[0]):
        raise UsageError("the -P option only supports a single pattern")
    flags = re.IGNORECASE if given.has("ignore-case") else 0
    if kind == "perl-regexp":
        return [pcre.compiled(patterns[0], flags, _bounded(given, "{}"))]
    extended = kind == "extended-regexp"
    found = []
    for line in [line for pattern in patterns for line in pattern.split("\n")]:
        fixed = kind == "fixed-strings"
        for text in [re.escape(line)] if fixed else alternatives(line, extended=extended):
            try:
                found.append(re.compile(_bounded(given, text), flags))
            except (re.error, OverflowError, RecursionError) as error:
                raise UsageError(f"this pattern is beyond us: {error}") from None
    return found


def _bounded(given: Given, text: str) -> str:
    if given.has("line-regexp"):
        return rf"\A(?:{text})\Z"
    return rf"(?<!\w)(?:{text})(?!\w)" if given.has("word-regexp") else text
