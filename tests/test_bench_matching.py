"""Ways to recommend beside each other, on files of ratings: what is read, what is refused, what is measured."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from haowu.bench import matching, ratings
from haowu.bench.matching import Part, judge
from haowu.bench.ratings import Rating
from haowu.bench.recommenders import WAYS


def file_of(tmp_path: Path, *rows: str, header: str = "user,item,rating,time") -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_rows_that_cannot_be_read_are_refused_alone(tmp_path):
    good = ["u1,i1,5,100", "u2,i1,0.5,2024-06-01T08:00:00+08:00", "u3,i1,0,100"]
    bad = [
        "u1,i1,many,100",
        "u1,i1,-1,100",
        "u1,i1,5,yesterday",
        ",i1,5,100",
        "u1,i1",
        "u1,i1,inf,100",
        "u1,i1,nan,100",
    ]
    read = ratings.read(file_of(tmp_path, *good, *bad))
    assert read.ratings == [Rating("u1", "i1", 100), Rating("u2", "i1", 1717200000)]
    assert [number for number, _why in read.refused] == [5, 6, 7, 8, 9, 10, 11]


def test_columns_may_come_in_any_order_among_others(tmp_path):
    read = ratings.read(file_of(tmp_path, "7,x,i1,3,u1", header="time,title,item,rating,user"))
    assert read.ratings == [Rating("u1", "i1", 7)]


@pytest.mark.parametrize("header", ["user,item,rating", "user,item,rating,time,user", ""])
def test_a_header_that_lacks_a_column_or_names_it_twice_is_refused(tmp_path, header):
    with pytest.raises(ratings.RatingsUnreadable):
        ratings.read(file_of(tmp_path, "u1,i1,5,100", header=header))


def test_a_file_with_nothing_to_foresee_is_refused(tmp_path):
    with pytest.raises(CommandError):
        call_command("bench", "matching", str(file_of(tmp_path, "u1,i1,5,100")))
    with pytest.raises(CommandError):
        call_command("bench", "matching", str(tmp_path / "nowhere.csv"))


def test_ndcg_and_recall_of_a_known_order():
    """Wanted are two items; they come first and third of those that are not known."""
    before = [Rating("u", "a", 0), *(Rating("v", item, 0) for item in "abcd")]
    part = Part(before, [Rating("u", "b", 1), Rating("u", "d", 1), Rating("u", "a", 1), Rating("new", "b", 1)])
    figures = judge(part, lambda users: np.array([[9.0, 3.0, 2.0, 1.0]]))
    assert figures.ndcg == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3)))
    assert figures.recall == 1.0
    assert (figures.coverage, figures.gini) == (1.0, 0.0)


def groups() -> list[Rating]:
    """Forty users of two tastes, each of whom meets the ten items of his taste one by one; a few all know the same."""
    found = []
    for user in range(40):
        for step in range(10):
            item = f"{'xy'[user % 2]}{(step * 3 + user // 2) % 10}"
            found.append(Rating(f"u{user:02}", item, step * 86_400 + user))
    return found


def test_ours_foresees_what_goes_together_and_the_popular_do_not():
    rows = {row.name: row.figures for row in matching.compare(groups(), lambda _text: None)}
    assert set(rows) == {way.name for way in WAYS}
    assert rows["ours, as served"].ndcg > 1.3 * rows["popular"].ndcg
    assert rows["ours, as served"].ndcg >= 0.95 * max(rows[name].ndcg for name in ("ItemKNN", "RP3beta", "EASE"))


def test_the_table_stands_beside_the_popular_and_the_best_other():
    lines = matching.table(matching.compare(groups(), lambda _text: None))
    assert len(lines) == 2 + len(WAYS)
    assert "| popular |" in lines[2] and "| 1.00 |" in lines[2]
