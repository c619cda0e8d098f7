"""Which goods go together, learned from arrays: exact on small ones, checked against a plain count on random ones."""

from itertools import product
from math import sqrt

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streamers.matching import learning
from streamers.matching.learning import MILLION, Events, Tuning

PLAIN = Tuning(support=1, neighbours=50, half_life=30, shrink=0, demand_power=0)


def events(deeds: list[tuple[int, int]], ages: list[float] | None = None, weights: list[float] | None = None) -> Events:
    """Of (streamer, good); on the same day and of the same weight unless said."""
    whose, which = zip(*deeds, strict=True)
    return Events(
        np.array(whose),
        np.array(which),
        np.array(weights or [1.0] * len(deeds)),
        np.array(ages or [0.0] * len(deeds)),
        max(whose) + 1,
        max(which) + 1,
    )


def found(given: Events, tuning: Tuning = PLAIN) -> dict[int, list[tuple[int, int]]]:
    """By good: its companions with their weights, the closest first."""
    blocks = learning.companions(learning.strengths(given, tuning), learning.demand(given, tuning), tuning)
    known = {}
    for block in blocks:
        for place in range(len(block.begins) - 1):
            here = slice(block.begins[place], block.begins[place + 1])
            pairs = list(zip(block.others[here].tolist(), block.weights[here].tolist(), strict=True))
            known |= {block.first + place: pairs} if pairs else {}
    return known


def test_goods_of_the_same_streamers_go_together_fully_and_others_by_the_cosine():
    both = events([(0, 0), (1, 0), (0, 1), (1, 1), (1, 2)])
    assert found(both) == {
        0: [(1, MILLION), (2, 707_107)],
        1: [(0, MILLION), (2, 707_107)],
        2: [(0, 707_107), (1, 707_107)],
    }


def test_what_fewer_streamers_than_the_support_have_together_is_not_learned():
    two = events([(0, 0), (0, 1), (1, 0), (1, 1)])
    assert found(two, Tuning(support=3, shrink=0)) == {}
    three = events([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)])
    assert set(found(three, Tuning(support=3, shrink=0))) == {0, 1}


def test_what_was_done_together_of_late_is_closer_than_what_was_long_ago():
    deeds = [(0, 0), (0, 1), (1, 0), (1, 2)]
    learned = found(events(deeds, ages=[0, 0, 60, 60]))
    assert learned[0] == [(1, 970_143), (2, 242_536)]


def test_what_is_in_demand_of_late_is_lifted():
    deeds = [(0, 0), (0, 1), (1, 0), (1, 2), (2, 2), (3, 2)]
    lifted = found(events(deeds), Tuning(support=1, shrink=0, demand_power=1.0))
    assert found(events(deeds))[0] == [(1, 707_107), (2, 408_248)]
    assert lifted[0] == [(2, 408_248), (1, 235_859)]


def test_only_the_strongest_goods_of_one_with_very_many_are_learned_from():
    many = learning.MOST_GOODS + 5
    deeds = [(0, good) for good in range(many)]
    weights = [float(good + 1) for good in range(many)]
    matrix = learning.strengths(events(deeds, weights=weights))
    assert matrix.nnz == learning.MOST_GOODS
    assert sorted(matrix.indices) == list(range(5, many))


def test_the_strongest_deed_of_a_streamer_with_a_good_counts():
    twice = events([(0, 0), (0, 0), (0, 0)], ages=[30, 0, 60], weights=[2.0, 0.5, 8.0])
    assert learning.strengths(twice).toarray().tolist() == [[2.0]]


deeds_of_few = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=30)


@given(deeds=deeds_of_few, support=st.integers(1, 3), neighbours=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_companions_are_those_of_a_plain_count(deeds, support, neighbours):
    tuning = Tuning(support=support, neighbours=neighbours, shrink=1.0, demand_power=0)
    learned = found(events(deeds), tuning)
    holders = {good: {who for who, what in deeds if what == good} for good in range(max(g for _s, g in deeds) + 1)}
    for good, mine in holders.items():
        weighed = []
        for other, theirs in holders.items():
            shared = len(mine & theirs)
            if other != good and shared >= support:
                weighed.append((-round(MILLION * shared / (sqrt(len(mine) * len(theirs)) + 1)), other))
        assert [(-weight, other) for other, weight in learned.get(good, [])] == sorted(weighed)[:neighbours]


def test_blocks_change_nothing(monkeypatch):
    deeds = list(product(range(4), range(9)))
    whole = found(events(deeds))
    monkeypatch.setattr(learning, "BLOCK", 2)
    assert found(events(deeds)) == whole
