"""``bench matching FILE``: how well what comes next is foreseen, ours beside the popular and the best simple ways.

The file is cut by time: eight tenths to learn from, one to tune on, one to judge by. Each way is tuned on the second
part by NDCG@20, learns the first two anew with its best settings, and is judged once on the third: new pairs only, of
users and items that were seen before. NDCG@20 and recall@50 are means over users; coverage and Gini say how many items
the first twenty places show, and how unevenly.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from haowu.bench.ratings import Rating
from haowu.bench.recommenders import MOST_FOR_EASE, WAYS, Known, Scores, Way
from streamers.matching.learning import Events

LEARNED, TUNED = 0.8, 0.9
FIRST, MORE = 20, 50
AT_ONCE = 512
DAY = 86_400


@dataclass(frozen=True)
class Figures:
    ndcg: float
    recall: float
    coverage: float
    gini: float


@dataclass(frozen=True)
class Row:
    """One way, judged. ``seconds``: to learn once, with ``settings``."""

    name: str
    settings: dict[str, Any]
    figures: Figures
    seconds: float


class Part:
    """What a way may know, and the new pairs that it should foresee."""

    def __init__(self, before: Sequence[Rating], after: Sequence[Rating]) -> None:
        users = {user: place for place, user in enumerate(sorted({each.user for each in before}))}
        items = {item: place for place, item in enumerate(sorted({each.item for each in before}))}
        whose = np.array([users[each.user] for each in before])
        which = np.array([items[each.item] for each in before])
        ages = (max(each.at for each in before) - np.array([each.at for each in before])) / DAY
        events = Events(whose, which, np.ones(len(before)), ages, len(users), len(items))
        ones = sparse.csr_matrix((np.ones(len(before)), (whose, which)), shape=(len(users), len(items)))
        ones.data[:] = 1
        self.known = Known(events, ones)
        wanted: dict[int, set[int]] = defaultdict(set)
        for each in after:
            user, item = users.get(each.user), items.get(each.item)
            if user is not None and item is not None and not ones[user, item]:
                wanted[user].add(item)
        self.wanted = {user: np.array(sorted(found)) for user, found in sorted(wanted.items())}


def judge(part: Part, scores: Scores) -> Figures:
    """What is known already is left out; equal scores come in the order of the items."""
    gains = 1 / np.log2(np.arange(2, FIRST + 2))
    ndcg, recall = [], []
    shown = np.zeros(part.known.events.good_count)
    users = np.array([*part.wanted])
    for start in range(0, len(users), AT_ONCE):
        block = users[start : start + AT_ONCE]
        for user, row in zip(block, np.array(scores(block), dtype=float), strict=True):
            row[part.known.ones[user].indices] = -np.inf
            top = np.argsort(-row, kind="stable")[:MORE]
            hits, count = np.isin(top, part.wanted[user]), len(part.wanted[user])
            ndcg.append((hits[:FIRST] * gains[: len(hits[:FIRST])]).sum() / gains[: min(FIRST, count)].sum())
            recall.append(hits.sum() / count)
            shown[top[:FIRST]] += 1
    return Figures(float(np.mean(ndcg)), float(np.mean(recall)), float((shown > 0).mean()), _gini(shown))


def _gini(counts: np.ndarray) -> float:
    """0: all are shown alike; near 1: a few take all places."""
    ordered, n = np.sort(counts), len(counts)
    return float((2 * np.arange(1, n + 1) - n - 1).dot(ordered) / (n * ordered.sum())) if ordered.sum() else 0.0


def compare(ratings: Sequence[Rating], progress: Callable[[str], None]) -> list[Row]:
    """Every way of WAYS, tuned and judged. ValueError where a part of the file has nothing to foresee."""
    by_time = sorted(ratings, key=lambda each: (each.at, each.user, each.item))
    learned, tuned = int(len(by_time) * LEARNED), int(len(by_time) * TUNED)
    if not learned:
        raise ValueError("there are too few ratings to cut into three parts")
    tuning, judging = Part(by_time[:learned], by_time[learned:tuned]), Part(by_time[:tuned], by_time[tuned:])
    if not tuning.wanted or not judging.wanted:
        raise ValueError("after the cut by time no known user meets a known item for the first time")
    known = judging.known.events
    progress(f"{known.streamer_count:,} users, {known.good_count:,} items, {judging.known.ones.nnz:,} pairs known;"
             f" {len(judging.wanted):,} users judged")  # fmt: skip
    rows = []
    for way in WAYS:
        if way.name == "EASE" and known.good_count > MOST_FOR_EASE:
            progress(f"{way.name}: left out, its matrix of {known.good_count:,} items does not fit")
            continue
        rows.append(_tuned(way, tuning, judging))
        progress(_said(rows[-1]))
    return rows


def _tuned(way: Way, tuning: Part, judging: Part) -> Row:
    tried = list(way.settings())
    best = tried[0] if len(tried) == 1 else max(
        tried, key=lambda settings: judge(tuning, way.fit(tuning.known, **settings)).ndcg)  # fmt: skip
    started = time.monotonic()
    scores = way.fit(judging.known, **best)
    seconds = time.monotonic() - started
    return Row(way.name, best, judge(judging, scores), seconds)


def _said(row: Row) -> str:
    figures = row.figures
    return (
        f"{row.name}: NDCG@20 {figures.ndcg:.4f}, recall@50 {figures.recall:.4f}, coverage {figures.coverage:.1%},"
        f" Gini {figures.gini:.3f}"
    )


def table(rows: Sequence[Row]) -> list[str]:
    """As Markdown, each way beside the popular and beside the best of the others."""
    popular = rows[0].figures
    others = [row.figures.ndcg for row in rows if not row.name.startswith("ours")]
    lines = [
        "| way | NDCG@20 | × popular | of the best other | recall@50 | coverage | Gini | learned in | settings |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        figures = row.figures
        times = f"{figures.ndcg / popular.ndcg:.2f}" if popular.ndcg else "–"
        share = f"{figures.ndcg / max(others):.0%}" if max(others) else "–"
        settings = ", ".join(f"{name} {value}" for name, value in row.settings.items()) or "–"
        lines.append(
            f"| {row.name} | {figures.ndcg:.4f} | {times} | {share} | {figures.recall:.4f} | {figures.coverage:.1%} |"
            f" {figures.gini:.3f} | {row.seconds:.1f} s | {settings} |"
        )
    return lines
