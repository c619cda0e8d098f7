"""Ways to recommend: ours as the house learns it, and the simple ones that are hard to beat, each with a grid to tune.

The peers as the reproducibility studies have them (Dacrema et al. 2019, Rendle et al. 2021): the popular, ItemKNN with
shrunk cosine, RP3beta, EASE, iALS (of the package implicit). A way takes ``Known`` and answers scores for streamers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse

from streamers.matching import learning
from streamers.matching.learning import DEFAULT, Events, Tuning

Scores = Callable[[np.ndarray], np.ndarray]
MOST_FOR_EASE = 12_000
"""EASE inverts a matrix of all items: 1.1 GB and minutes at so many."""


@dataclass(frozen=True)
class Known:
    """What a way learns from: the deeds, and users × items as ones."""

    events: Events
    ones: sparse.csr_matrix


@dataclass(frozen=True)
class Way:
    """``grid``: the values of each setting that are tried; the best on the validation days is taken."""

    name: str
    fit: Callable[..., Scores]
    grid: dict[str, list[Any]]

    def settings(self) -> Iterator[dict[str, Any]]:
        yield from (dict(zip(self.grid, values, strict=True)) for values in product(*self.grid.values()))


def popular(known: Known) -> Scores:
    return _same_for_all(np.asarray(known.ones.sum(axis=0)).ravel())


def recently_popular(known: Known, half_life: float) -> Scores:
    weights = 0.5 ** (known.events.ages / half_life)
    return _same_for_all(np.bincount(known.events.goods, weights, known.events.good_count))


def item_knn(known: Known, neighbours: int, shrink: float) -> Scores:
    together = sparse.csr_matrix(known.ones.T @ known.ones).tocoo()
    norms = np.sqrt(np.asarray(known.ones.sum(axis=0)).ravel())
    cosine = together.data / (norms[together.row] * norms[together.col] + shrink)
    return _through(known, sparse.csr_matrix((cosine, (together.row, together.col)), shape=together.shape), neighbours)


def rp3beta(known: Known, neighbours: int, alpha: float, beta: float) -> Scores:
    of_users = np.maximum(np.asarray(known.ones.sum(axis=1)).ravel(), 1)
    of_items = np.maximum(np.asarray(known.ones.sum(axis=0)).ravel(), 1)
    to_items = (sparse.diags(1 / of_users) @ known.ones).power(alpha)
    to_users = (sparse.diags(1 / of_items) @ known.ones.T).power(alpha)
    return _through(known, sparse.csr_matrix(to_users @ to_items @ sparse.diags(of_items**-beta)), neighbours)


def ease(known: Known, penalty: float) -> Scores:
    gram = (known.ones.T @ known.ones).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return lambda users: known.ones[users] @ weights


def ials(known: Known, factors: int, regularization: float, alpha: float) -> Scores:
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415 -- of the bench alone, and heavy

    model = AlternatingLeastSquares(
        factors=factors, regularization=regularization, alpha=alpha, iterations=15, random_state=1, num_threads=2
    )
    model.fit(known.ones.astype(np.float32), show_progress=False)
    return lambda users: model.user_factors[users] @ model.item_factors.T


def ours(known: Known, **tuned: Any) -> Scores:
    """As ``streamers.matching`` learns and adds up: companions of what a user has."""
    tuning: Tuning = replace(DEFAULT, **tuned)
    lift = learning.demand(known.events, tuning)
    rows, columns, weights = [], [], []
    for block in learning.companions(learning.strengths(known.events, tuning), lift, tuning):
        rows.append(block.first + np.repeat(np.arange(len(block.begins) - 1), np.diff(block.begins)))
        columns.append(block.others)
        weights.append(block.weights)
    cells = (np.concatenate(rows), np.concatenate(columns))
    count = known.events.good_count
    companions = sparse.csr_matrix((np.concatenate(weights), cells), shape=(count, count))
    return lambda users: (known.ones[users] @ companions).toarray()


WAYS = (
    Way("popular", popular, {}),
    Way("popular of late", recently_popular, {"half_life": [7, 14, 30]}),
    Way("ItemKNN", item_knn, {"neighbours": [20, 50, 100, 200, 800], "shrink": [0, 5, 20, 100]}),
    Way("RP3beta", rp3beta, {"neighbours": [50, 100, 400], "alpha": [0.6, 0.8, 1.0], "beta": [0.0, 0.2, 0.4, 0.6]}),
    Way("EASE", ease, {"penalty": [50, 200, 500, 1000, 2000]}),
    Way("iALS", ials, {"factors": [16, 64, 128], "regularization": [0.1, 10, 50], "alpha": [1, 5]}),
    Way("ours, as served", ours, {}),
    Way(
        "ours, tuned",
        ours,
        {"half_life": [15, 30, 90], "shrink": [2, 20], "demand_half_life": [7, 14], "demand_power": [0.0, 0.25]},
    ),
)


def _same_for_all(scores: np.ndarray) -> Scores:
    return lambda users: np.tile(scores.astype(float), (len(users), 1))


def _through(known: Known, weights: sparse.csr_matrix, neighbours: int) -> Scores:
    """Scores by the ``neighbours`` that weigh most for each item, itself left out."""
    weights.setdiag(0)
    columns = weights.tocsc()
    for item in range(columns.shape[1]):
        begin, end = columns.indptr[item], columns.indptr[item + 1]
        if end - begin > neighbours:
            fewer = np.argpartition(-columns.data[begin:end], neighbours)[neighbours:]
            columns.data[begin + fewer] = 0
    columns.eliminate_zeros()
    near = columns.tocsr()
    return lambda users: (known.ones[users] @ near).toarray()
