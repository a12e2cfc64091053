"""The image of a container: one JSON object a line, in the order in which a restart makes them.

So it goes through pipes and filters as it comes, and nobody has to seek in it (S3: "possible to
pass through a filter, e.g. for compression, encryption, format conversion").  It is no picture of
kernel memory (S4: "we'll just want to read and write the task struct verbatim"): what is in it are
the container's own numbers, and what system calls tell.  The first line names format, version and
what of the configuration the rest depends on; the last one counts the lines::

    {"object":"image","format":"nsh-checkpoint","version":1,…}
    {"object":"container","name":"web",…}
    {"object":"task","pid":1,"comm":"init",…}
    …
    {"object":"end","lines":17}

Fields that have their default are left out.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from nsh.abi.checkpoint import MAGIC
from nsh.abi.errno import Errno

VERSION: Final = 1


class Object(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="object",
    tag=str.lower,
):
    """One line.  Its tag is the name of its type in lower case."""


class Image(Object, frozen=True):
    """The first line."""

    format: str = ""
    version: int = 0
    release: str = ""
    """The kernel's."""
    levels: str = ""
    """Whether pid spaces nest (policy pid.levels)."""
    clock: int = 0
    """Virtual nanoseconds since boot, when it was taken."""


class End(Object, frozen=True):
    """The last line."""

    lines: int
    """How many there are before it."""


def tag(kind: type[Object]) -> str:
    """What lines of *kind* call themselves."""
    found = kind.__struct_config__.tag
    assert isinstance(found, str)
    return found


def lines(objects: Iterable[Object], head: Image) -> bytes:
    """The image of *objects* behind *head*, which is given format and version.  ENOTSUP: a name in
    them is no text."""
    encoder = msgspec.json.Encoder()
    first = msgspec.structs.replace(head, format=MAGIC, version=VERSION)
    try:
        encoded = [encoder.encode(each) for each in (first, *objects)]
    except UnicodeEncodeError as problem:
        told = problem.object.encode("utf-8", "backslashreplace").decode()
        raise Errno.ENOTSUP(f"{told} is no UTF-8, and cannot be saved") from None
    encoded.append(encoder.encode(End(len(encoded))))
    return b"".join(line + b"\n" for line in encoded)


def objects(data: bytes, kinds: dict[str, type[Object]]) -> Iterator[tuple[int, Object]]:
    """The objects of an image, with the line that each stands in; the head is the first.

    EINVAL, with line and field, for what is no image of this version, or a damaged one.
    """
    told = data.split(b"\n")
    if told[-1] == b"":
        told.pop()
    if not told:
        raise Errno.EINVAL("the image is empty")
    for number, line in enumerate(told[:-1], 1):
        found = _object(number, line, kinds)
        if number > 1 and isinstance(found, Image):
            raise Errno.EINVAL(f"line {number}: another image begins here")
        yield number, found
    last = _object(len(told), told[-1], {**kinds, tag(End): End})
    if not isinstance(last, End):
        raise Errno.EINVAL(f"the image is cut off after line {len(told)}")
    if last.lines != len(told) - 1:
        lost = f"lines: {last.lines}, there are {len(told) - 1}"
        raise Errno.EINVAL(f"line {len(told)}: {lost}")


def is_end(line: bytes) -> bool:
    """Whether *line* is the last one of an image."""
    try:
        return msgspec.json.decode(line, type=_Tagged).object == tag(End)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _object(number: int, line: bytes, kinds: dict[str, type[Object]]) -> Object:
    where = f"line {number}"
    try:
        told = msgspec.json.decode(line, type=_Tagged)
        name = told.object
        kind = kinds.get(name)
        if number == 1:
            _check_head(told)
        if kind is None and name == tag(End):
            raise Errno.EINVAL(f"{where}: the end, and there is more behind it")
        if kind is None:
            raise Errno.EINVAL(f"{where}: this kernel knows no object {name!r}")
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        what = "this is no image of a container: " if number == 1 else ""
        raise Errno.EINVAL(f"{where}: {what}{_said(problem)}") from None


class _Tagged(msgspec.Struct, frozen=True):
    object: str
    format: str = ""
    version: int = 0


def _said(problem: Exception) -> str:
    """What is wrong, behind the field that it is wrong with."""
    text, where, path = str(problem).partition(" - at `$")
    path = path.strip(".`")
    return f"{path}: {text[:1].lower()}{text[1:]}" if where and path else text


def _check_head(head: _Tagged) -> None:
    if head.object != tag(Image) or head.format != MAGIC:
        raise Errno.EINVAL("line 1: format: this is no image of a container")
    if head.version != VERSION:
        told = f"the image has {head.version}, this kernel reads {VERSION}"
        raise Errno.EINVAL(f"line 1: version: {told}")
