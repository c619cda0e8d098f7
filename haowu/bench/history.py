"""``bench history``: what a night costs with settled lines behind it, beside the same night in a young house."""

from dataclasses import dataclass
from datetime import timedelta

from haowu.bench import crowd, floor, lines, workers
from haowu.bench.house import superuser
from haowu.bench.night import DAY
from haowu.bench.report import Figures

ONE_IN = 40
BEHIND = 5_000_000
"""Lines of one night of the history."""


@dataclass
class House:
    """Nights one after the other, in one house."""

    parties: crowd.Crowd
    nights: int = 0
    written: int = 0

    def settle(self, count: int, *, by: int = 2) -> tuple[workers.Measured, float]:
        """The next night, of ``count`` lines, by so many workers, and the seconds of its floor."""
        night = DAY + timedelta(days=self.nights)
        lines.write_lines(self.parties, 1 + self.written, count, night)
        self.nights, self.written = self.nights + 1, self.written + count
        floor_seconds, _used = floor.bare_night(night)
        return workers.settle_with(by, night), floor_seconds


def measure(figures: Figures, size: int) -> None:
    """Nights of ``size / PART`` lines before and after ``size`` others, which settle through the same code.

    The young night is the third of the house, when every account is open; the old one the third after the history.
    """
    count = max(1_000, size // ONE_IN)
    house = House(crowd.Crowd.for_night(count))
    with superuser() as cursor:
        crowd.settle_in(cursor, house.parties)
    young, young_floor = _third(house, count)
    for first in range(0, size, BEHIND):
        figures.progress(f"history: {house.written:,} settled")
        house.settle(min(BEHIND, size - first))
    figures.progress("the night after")
    old, old_floor = _third(house, count)
    peer = f"the night with {2 * count:,} settled behind"
    figures.add(peer, count, young.seconds, floor_seconds=young_floor)
    after = f"the night with {house.written - count:,} settled behind"
    figures.add(after, count, old.seconds, floor_seconds=old_floor, peer=peer, peer_per_s=count / young.seconds)
    used, before = old.processor_seconds, count / young.processor_seconds
    figures.add("the same in processor seconds", count, used, peer=peer, peer_per_s=before)


def _third(house: House, count: int) -> tuple[workers.Measured, float]:
    for _night in range(2):
        house.settle(count)
    return house.settle(count)
