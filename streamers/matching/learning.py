"""Which goods go together, learned from who picked and sold what, and when. Arrays only: no rows, no clock.

Two goods are companions by the cosine of their streamers, each streamer's deed weighing less the longer ago it was:
what was picked together last week says more than what was half a year ago. What is in demand of late is lifted a
little. Tuned and compared in docs/matching.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

MILLION = 1_000_000
MOST_GOODS = 300
"""Of a streamer with more goods only the strongest so many are learned from: work grows with their square, and what a
few put on their shelves by the thousand says little."""
BLOCK = 2_000
"""Goods whose companions are found at once."""


@dataclass(frozen=True)
class Tuning:
    """Half-lives in days. ``shrink`` keeps goods of few streamers from looking alike by chance."""

    support: int = 3
    neighbours: int = 50
    half_life: float = 30.0
    shrink: float = 2.0
    demand_half_life: float = 7.0
    demand_power: float = 0.25


DEFAULT = Tuning()


@dataclass(frozen=True)
class Events:
    """One deed a place: whose, with which of the goods, how much it says, how many days ago."""

    streamers: Whole
    goods: Whole
    weights: Real
    ages: Real
    streamer_count: int
    good_count: int

    def __len__(self) -> int:
        return len(self.streamers)


def strengths(events: Events, tuning: Tuning = DEFAULT) -> sparse.csr_matrix:
    """Streamers × goods: the strongest deed of each pair today; of each streamer the MOST_GOODS strongest."""
    strength = events.weights * 0.5 ** (events.ages / tuning.half_life)
    pair = events.streamers * events.good_count + events.goods
    order = np.lexsort((-strength, pair))
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = pair[order][1:] != pair[order][:-1]
    chosen = order[is_first]
    of_streamer = np.lexsort((events.goods[chosen], -strength[chosen], events.streamers[chosen]))
    chosen = chosen[of_streamer]
    begins = np.searchsorted(events.streamers[chosen], events.streamers[chosen], side="left")
    chosen = chosen[np.arange(len(chosen)) - begins < MOST_GOODS]
    cells = (events.streamers[chosen], events.goods[chosen])
    shape = (events.streamer_count, events.good_count)
    return sparse.csr_matrix((np.maximum(strength[chosen], 1e-12), cells), shape=shape)


def demand(events: Events, tuning: Tuning = DEFAULT) -> Real:
    """How much each of the goods is lifted, from near 0 to 1: the root of its recent deeds beside the most wanted."""
    recent = 1e-3 + np.bincount(events.goods, 0.5 ** (events.ages / tuning.demand_half_life), events.good_count)
    return (recent / recent.max()) ** tuning.demand_power


@dataclass(frozen=True)
class Block:
    """Companions of goods ``first`` and on: of each ``others[begins[n]:begins[n + 1]]``, the closest first.

    ``weights`` in millionths.
    """

    first: int
    begins: Whole
    others: Whole
    weights: Whole


def companions(matrix: sparse.csr_matrix, lift: Real, tuning: Tuning = DEFAULT) -> Iterator[Block]:
    """For every one of the goods, block by block, those that at least ``tuning.support`` streamers have with it."""
    columns = matrix.tocsc()
    has = columns.copy()
    has.data = np.ones_like(has.data)
    norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    rows, has_rows = matrix.tocsr(), has.tocsr()
    for first in range(0, matrix.shape[1], BLOCK):
        here = slice(first, min(first + BLOCK, matrix.shape[1]))
        together = (columns[:, here].T @ rows).tocsr()
        shared = (has[:, here].T @ has_rows).tocsr()
        together.sort_indices()
        shared.sort_indices()
        yield _closest(first, together, shared.data, norms, lift, tuning)


def _closest(first: int, together: sparse.csr_matrix, shared: Real, norms: Real, lift: Real, tuning: Tuning) -> Block:
    count = together.shape[0]
    good = np.repeat(np.arange(first, first + count), np.diff(together.indptr))
    other = together.indices.astype(np.int64)
    cosine = together.data / (norms[good] * norms[other] + tuning.shrink)
    kept = (shared >= tuning.support) & (good != other)
    good, other, cosine = good[kept], other[kept], cosine[kept]
    order = np.lexsort((other, -cosine, good))
    good, other, cosine = good[order], other[order], cosine[order]
    place = np.arange(len(good)) - np.searchsorted(good, good, side="left")
    near = place < tuning.neighbours
    good, other = good[near], other[near]
    weight = np.rint(MILLION * cosine[near] * lift[other]).astype(np.int64)
    order = np.lexsort((other, -weight, good))
    begins = np.searchsorted(good, np.arange(first, first + count + 1), side="left")
    return Block(first, begins, other[order], weight[order])
