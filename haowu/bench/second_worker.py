"""``bench crews``: what a second worker gives, by nights of one and of two workers in turn.

A shared machine is half as fast again in one minute as in the next: nights in turn, each beside a floor of its own, and
the medians show what two nights alone cannot.
"""

from statistics import median

from haowu.bench import crowd
from haowu.bench.history import House
from haowu.bench.house import superuser
from haowu.bench.report import Figures

ROUNDS = 3


def measure(figures: Figures, size: int) -> None:
    """Nights of ``size`` lines after one in which every account is opened; ``ROUNDS`` with each number of workers."""
    house = House(crowd.Crowd.for_night(size))
    with superuser() as cursor:
        crowd.settle_in(cursor, house.parties)
    house.settle(size)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _round in range(ROUNDS):
        for count in seconds:
            measured, floor_seconds = house.settle(size, by=count)
            seconds[count].append(measured.seconds)
            figures.add(f"a night, {_crew(count)}", size, measured.seconds, floor_seconds=floor_seconds)
    one, two = median(seconds[1]), median(seconds[2])
    figures.add("median, one worker", size, one)
    figures.add("median, two workers", size, two, peer="one worker", peer_per_s=size / one)


def _crew(count: int) -> str:
    return "one worker" if count == 1 else "two workers"
