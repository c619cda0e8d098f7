"""A command that takes minutes says how far it is, also where nobody watches a terminal."""

import io
import time

from haowu.ground.progress import Progress, Watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_there_is_a_line_at_once_then_one_every_five_seconds_and_one_at_the_end():
    seconds = 0.0
    log = io.StringIO()
    with Progress(2_000, "events", log, clock=lambda: seconds) as progress:
        for second in range(1, 21):
            seconds = second
            progress.advance(100, f"day {second}")
    assert log.getvalue().splitlines() == [
        "0% 0/2,000 events",
        "25% 500/2,000 events day 5",
        "50% 1,000/2,000 events day 10",
        "75% 1,500/2,000 events day 15",
        "100% 2,000/2,000 events day 20",
        "100% 2,000/2,000 events day 20",
    ]


def test_on_a_terminal_there_is_a_bar():
    terminal = Terminal()
    with Progress(10, "events", terminal) as progress:
        progress.advance(10, "day 1")
    assert "100%|" in terminal.getvalue()
    assert "\r" in terminal.getvalue()


def test_nothing_to_do_is_all_done():
    log = io.StringIO()
    with Progress(0, "events", log):
        pass
    assert log.getvalue().splitlines() == ["100% 0/0 events", "100% 0/0 events"]


def test_a_watch_writes_what_it_is_told_until_the_work_is_over():
    log = io.StringIO()
    with Watch(lambda: "half", log, every=0.01):
        time.sleep(0.2)
    count = log.getvalue().count("half\n")
    time.sleep(0.05)
    assert 1 <= count == log.getvalue().count("half\n")
