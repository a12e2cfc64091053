"""Programs from genes, which is what hypothesis draws: it then finds the smallest that will do.

A gene is one step.  Its bytes are the choices that the step takes, so one of zeros, the smallest,
is a step that is not taken, and whatever becomes of one gene, the others say what they did.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from tests.kernel._programs import Writer

SHORTEST, LONGEST = 20, 60
SIZE = 12
"""Bytes; what most steps need."""
_MOST = 1 << 16


class Genome(tuple[bytes, ...]):
    """The genes of a program, one a step."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{sum(map(any, self))} genes>"


def genomes(longest: int = LONGEST) -> st.SearchStrategy[Genome]:
    """Those of SHORTEST to *longest* genes."""
    gene = st.binary(min_size=SIZE, max_size=SIZE)
    return st.lists(gene, min_size=SHORTEST, max_size=longest).map(Genome)


GENES = genomes()


class Gene(random.Random):
    """Random choices, of which the first are those of a gene: two bytes each, and the smaller, the
    earlier and the more usual.  Further ones, if any, follow from these."""

    def __init__(self, gene: bytes) -> None:
        super().__init__(gene)
        self._gene = gene
        self._used = 0

    def random(self) -> float:
        """Below 1, and the nearer to it, the smaller the bytes: what is unlikely is rather not."""
        return (_MOST - 1 - self._choice()) / _MOST

    def _choice(self) -> int:
        taken = self._gene[self._used : self._used + 2]
        self._used += 2
        return int.from_bytes(taken, "big") if taken else int(super().random() * _MOST)

    def choice(self, seq: Any) -> Any:
        return seq[self._choice() * len(seq) // _MOST]

    def choices(self, population: Any, weights: Any = None, **_more: Any) -> Any:
        """One, by weight."""
        below = self._choice() / _MOST * sum(weights)
        for chosen, weight in zip(population, weights, strict=True):
            below -= weight
            if below < 0:
                return [chosen]
        return [population[-1]]

    def randrange(self, *bounds: int) -> int:  # type: ignore[override]
        return self._choice() * bounds[0] // _MOST


def bred(genes: Genome) -> Writer:
    """The program of these genes."""
    writer = Writer(random.Random(0))
    for gene in genes:
        writer.random = Gene(gene)
        if any(gene) and not writer.add():
            break
    return writer
