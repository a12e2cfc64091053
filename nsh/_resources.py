"""The one place that finds grammar/, themes/ and demos/.

An installed nsh carries them as package data under `nsh/_data/`; an editable checkout reads them
in place, beside the package. Who else would look for them would find only one of the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["grammar", "themes", "demos"]
"""The folders that nsh ships beside its code."""

_PACKAGE = Path(__file__).resolve().parent


class MissingResource(RuntimeError):
    """A folder or file that every nsh carries is not there: the installation is broken."""


def folder(kind: Kind) -> Path:
    """Return the folder that holds the resources of a kind, packaged or in the checkout.

    Raises MissingResource when neither place has it.
    """
    places = (_PACKAGE / "_data" / kind, _PACKAGE.parent / kind)
    for place in places:
        if place.is_dir():
            return place
    looked = " nor ".join(str(place) for place in places)
    raise MissingResource(
        f"{kind}/ is neither at {looked}; install nsh-explorer again, or run from a whole checkout"
    )


def read(kind: Kind, name: str) -> str:
    """Return the text of one resource; `name` is its path inside its folder, with slashes.

    Raises MissingResource when it is not there.
    """
    path = folder(kind) / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MissingResource(
            f"{path} is missing; install nsh-explorer again, or run from a whole checkout"
        ) from error
