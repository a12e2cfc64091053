"""SGR as programs write it, for pyte, and pyte's names of colours, for us."""

from collections.abc import Iterator

from nsh.machine.screens import COLOURS


def named(name: str) -> str:
    """A colour of pyte's by our names."""
    if name == "default":
        return ""
    name = name.replace("bfight", "bright").replace("brown", "yellow")
    plain = name.removeprefix("bright")
    return name if plain in COLOURS else f"#{name}"


def flat(parameters: list[list[int]]) -> list[int]:
    """SGR with subparameters as it is written without them, as far as it can be."""
    flat: list[int] = []
    for one in parameters:
        match one:
            case [number]:
                flat.append(number)
            case [4, kind, *_]:
                flat.append(4 if kind else 24)
            case [38 | 48 as ground, 2, *rgb] if len(rgb) >= 3:
                flat += [ground, 2, *(rgb[-3:] if len(rgb) == 3 else rgb[1:4])]
            case [38 | 48 as ground, 5, index, *_]:
                flat += [ground, 5, index]
            case _:
                pass
    return flat


def wanted(ground: int, numbers: Iterator[int]) -> list[int]:
    """``38;5;N`` and ``38;2;R;G;B``, with the first sixteen as what they are: the palette's."""
    kind = next(numbers, 0)
    if kind == 2:
        rgb = [min(next(numbers, 0), 255) for _ in range(3)]
        return [ground, 2, *rgb]
    if kind != 5:
        return []
    index = next(numbers, 0)
    if index < 8:
        return [ground - 8 + index]
    if index < 16:
        return [ground - 8 + 60 + index - 8]
    return [ground, 5, index] if index < 256 else []
