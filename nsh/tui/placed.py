"""How the panes were arranged in earlier runs, in a file of the person's own."""

import os
from collections.abc import Mapping
from contextlib import suppress

import msgspec

from nsh.session.remembered import state_folder
from nsh.tui.arrangement import Arrangement

VERSION = 1


class Stage(msgspec.Struct, frozen=True):
    """What is remembered of one stage: that of the model, that of the real machine."""

    layout: str = ""
    """The one that was chosen; "": the one that fits."""
    arrangements: dict[str, Arrangement] = {}
    """By layout."""
    narration: bool = True
    """Whether it has its place."""


class _File(msgspec.Struct, frozen=True):
    version: int
    stages: dict[str, Stage]


def path_of(environ: Mapping[str, str]) -> str:
    """Where the file is."""
    return os.path.join(state_folder(environ), "layout.json")


def recall(path: str, name: str) -> tuple[Stage, str]:
    """What is remembered of a stage, and what is wrong with the file if it is of no use."""
    found, wrong = _read(path)
    return found.get(name, Stage()), wrong


def remember(path: str, name: str, stage: Stage) -> str:
    """Remember a stage; what went wrong if it cannot be."""
    found, _wrong = _read(path)
    text = msgspec.json.format(
        msgspec.json.encode(_File(VERSION, {**found, name: stage})), indent=1
    )
    new = f"{path}.new"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text + b"\n")
        os.replace(new, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(new)
        return f"the layout is not kept: {path}: {error.strerror}"
    return ""


def _read(path: str) -> tuple[dict[str, Stage], str]:
    try:
        with open(path, "rb") as file:
            found = msgspec.json.decode(file.read(), type=_File)
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"the layout is as at first: {path}: {error.strerror}"
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return {}, f"the layout is as at first: {path}: {error}"
    if found.version != VERSION:
        return {}, f"the layout is as at first: {path} is of version {found.version}"
    return found.stages, ""
