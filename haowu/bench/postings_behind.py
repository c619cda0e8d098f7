"""Postings as a subject of ``bench partitions``: a night posts them as one set, and a trigger carries balances."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

from django.db.models import Sum

from haowu.bench.subjects import DAYS, FIRST, TODAY, Reads, Subject
from haowu.bench.twins import HASHED, MONTHS, Twin
from haowu.ledger.books import post_all
from haowu.ledger.models import Posting

EXTERNAL, REVENUE, CLEARING, MERCHANTS, STREAMERS = 1, 2, 3, 1_000_000, 2_000_000


ACCOUNTS = f"""
    SET session_replication_role = replica; -- accounts without owners
    DELETE FROM public.ledger_account WHERE id < 10 OR id >= {MERCHANTS};
    INSERT INTO public.ledger_account (id, owner_id, kind, code, may_go_negative, balance_fen)
    VALUES ({EXTERNAL}, -1, 'external', '', true, 0), ({REVENUE}, -1, 'revenue', '', true, 0),
           ({CLEARING}, -1, 'clearing', '', true, 0);
    INSERT INTO public.ledger_account (id, owner_id, kind, code, may_go_negative, balance_fen)
    SELECT {MERCHANTS} + n, -10 - n, 'funding', '', false, 0 FROM generate_series(1, %(parties)s) AS n
    UNION ALL SELECT {STREAMERS} + n, -10 - n, 'available', '', false, 0 FROM generate_series(1, %(parties)s) AS n;
    ANALYZE public.ledger_account
"""


class Postings(Subject):
    """Four kinds a night, two for each merchant and each streamer that a night moves. Posted as one set."""

    table = "ledger_posting"
    columns = {MONTHS: "day", HASHED: "reference"}
    needs = ACCOUNTS
    night = f"""
        SELECT kind, source, target, fen FROM generate_series(1, %(parties)s) AS n
        CROSS JOIN LATERAL (VALUES
            ('withheld', {EXTERNAL}, {MERCHANTS} + n, 500), ('cost', {MERCHANTS} + n, {CLEARING}, 400),
            ('commission', {CLEARING}, {STREAMERS} + n, 300), ('tech_fee', {STREAMERS} + n, {REVENUE}, 30)
        ) AS moves (kind, source, target, fen)
    """
    history = f"""
        INSERT INTO {{table}} (day, from_account_id, to_account_id, amount_fen, kind, reference, cause, created_at)
        SELECT day, source, target, fen, kind, 'night:' || day || ':' || kind || ':' || source || ':' || target,
               'run:' || day, day
        FROM (SELECT %(first)s::date + d AS day FROM generate_series(0, %(days)s - 1) AS d) AS days
        CROSS JOIN LATERAL ({night}) AS moved
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.parties = self.per_day // 4
        self.per_day = 4 * self.parties
        self.size = self.per_day * DAYS

    def parameters(self) -> dict[str, Any]:
        return super().parameters() | {"days": DAYS, "parties": self.parties}

    def batches(self, twin: Twin, day: int) -> Iterator[Callable[[], Any]]:
        night = FIRST + timedelta(days=day)
        query = f"SELECT *, 'night:{night}:' || kind || ':' || source || ':' || target FROM ({self.night}) AS moved"
        yield lambda: post_all(query, {"parties": self.parties}, day=night, cause=f"run:{night}")

    def reads(self, day: int) -> Reads:
        def page(chance: Random) -> list:
            account = STREAMERS + 1 + chance.randrange(self.parties)
            of = FIRST + timedelta(days=chance.randrange(DAYS))
            return list(Posting.objects.filter(to_account=account).of_day(of)) + list(
                Posting.objects.filter(from_account=account).of_day(of)
            )

        def month(chance: Random) -> dict:
            return Posting.objects.filter(day__lte=FIRST + timedelta(days=day), day__gt=TODAY - timedelta(days=30),
                to_account=STREAMERS + 1 + chance.randrange(self.parties)).aggregate(Sum("amount_fen"))  # fmt: skip

        def all_days(chance: Random) -> list:
            account = STREAMERS + 1 + chance.randrange(self.parties)
            return list(Posting.objects.filter(to_account=account).order_by("-day", "-pk")[:50])

        def close(chance: Random) -> dict:
            return Posting.objects.of_day(FIRST + timedelta(days=day - 1)).aggregate(Sum("amount_fen"))

        def once(chance: Random) -> bool:
            of = FIRST + timedelta(days=chance.randrange(DAYS))
            account = STREAMERS + 1 + chance.randrange(self.parties)
            return Posting.objects.filter(reference=f"night:{of}:commission:{CLEARING}:{account}").exists()

        return {
            "an account's day": page,
            "an account's month": month,
            "an account's newest fifty": all_days,
            "the sums of a day": close,
            "a reference": once,
        }
