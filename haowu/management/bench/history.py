"""``bench history``: what a night costs with settled lines behind it, beside the same night in a young house."""

from datetime import timedelta

from haowu.management.bench import crowd, floor, lines, workers
from haowu.management.bench.figures import Figures
from haowu.management.bench.house import superuser
from haowu.management.bench.night import DAY

NIGHTS = 20


def measure(figures: Figures, size: int) -> None:
    """``NIGHTS`` nights of ``size / NIGHTS`` lines; the last has all the others behind it.

    The young night is the third, when every account is open.
    """
    count = size // NIGHTS
    made = crowd.Crowd.for_night(count)
    with superuser() as cursor:
        crowd.settle_in(cursor, made)
    young = young_used = 0.0
    for number in range(NIGHTS + 1):
        night = DAY + timedelta(days=number)
        lines.write_lines(made, 1 + number * count, count, night)
        floor_seconds, _used = floor.bare_night(night)
        measured = workers.settle_with(2, night)
        seconds = measured.seconds
        figures.tell(f"night {number + 1}: {seconds:.2f} s, floor {floor_seconds:.2f} s")
        behind = number * count
        if number == 2:
            young, young_used = seconds, measured.processor_seconds
        if number in (2, NIGHTS // 2, NIGHTS):
            rate = {"peer": f"the night with {2 * count:,} behind", "peer_per_s": count / young}
            figures.add(f"night with {behind:,} settled behind", count, seconds, floor_seconds=floor_seconds, **rate)
            rate["peer_per_s"] = count / young_used
            figures.add("the same in processor seconds", count, measured.processor_seconds, **rate)
