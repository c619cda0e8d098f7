"""Books of other packages beside a night: left out in plain sight where they are missing, proved where they are not."""

import importlib.util
import os

import pytest

from haowu.bench import others
from haowu.bench.report import Figures


def test_a_package_that_is_missing_is_named_with_how_to_get_it():
    figures = Figures("others", {}, lambda text: None)
    others.beside(figures, others.Package("no-such-books", "no_such_books", "no-such", ""), 10, 1.0)
    assert [(row.case, row.n, row.seconds) for row in figures.rows] == [
        ("skipped: no-such is not here (pip install no-such-books)", 0, None)
    ]


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="makes databases on the embedded server")
@pytest.mark.parametrize("package", others.PACKAGES, ids=lambda package: package.books)
def test_an_installed_package_books_four_legs_for_each_line(package):
    if importlib.util.find_spec(package.module) is None:
        pytest.skip(f"pip install {package.project}")
    measured = others.settle_with(package, 6)
    assert measured["lines"] >= 6 and measured["legs"] == 4 * measured["lines"]
    assert measured["seconds"] > 0
