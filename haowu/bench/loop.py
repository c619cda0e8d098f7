"""The peer of a night: the loop over orders that most shops have. Each line locked, four rows written, saved."""

import time
from datetime import date

from django.db import models, transaction
from django.db.models import F

from commissions.models import OrderLine
from haowu.bench.house import superuser

PATIENCE_SECONDS = 30


class Entry(models.Model):
    """What such a shop writes for each party of each order."""

    line_id = models.BigIntegerField()
    party_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_entry"


class Balance(models.Model):
    party_id = models.BigIntegerField(primary_key=True)
    fen = models.BigIntegerField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_balance"


def settle_in_a_loop(night: date, count: int) -> tuple[int, float]:
    """``(lines, seconds)``: up to ``count`` lines of ``night``, one after the other, for at most ``PATIENCE_SECONDS``.

    Their rows are dropped again.
    """
    with superuser() as cursor:
        cursor.execute(_PREPARE)
    pks = list(OrderLine.objects.filter(settles_on=night, streamer__isnull=False).values_list("pk", flat=True)[:count])
    started = time.monotonic()
    done = 0
    for pk in pks:
        _settle(pk)
        done += 1
        if time.monotonic() - started > PATIENCE_SECONDS:
            break
    seconds = time.monotonic() - started
    with superuser() as cursor:
        cursor.execute("DROP TABLE bench_entry, bench_balance")
    return done, seconds


@transaction.atomic
def _settle(pk: int) -> None:
    line = OrderLine.objects.select_for_update().get(pk=pk)
    due = line.due
    shares = [
        (line.merchant_id, "merchant", -due.cost_fen),
        (line.streamer_id, "streamer", due.streamer_keeps_fen),
        (line.first_leader_id or line.streamer_id, "leader", due.first_leader_fen - due.first_leader_fee_fen),
        (0, "platform", due.fees_fen),
    ]
    for party, role, amount_fen in shares:
        Entry.objects.create(line_id=line.pk, party_id=party, role=role, amount_fen=amount_fen)
        Balance.objects.filter(party_id=party).update(fen=F("fen") + amount_fen)
    line.save()


_PREPARE = """
DROP TABLE IF EXISTS bench_entry, bench_balance;
CREATE TABLE bench_entry (id bigserial PRIMARY KEY, line_id bigint, party_id bigint, role varchar(20),
    amount_fen bigint, created_at timestamptz);
CREATE INDEX ON bench_entry (line_id); CREATE INDEX ON bench_entry (party_id);
CREATE TABLE bench_balance (party_id bigint PRIMARY KEY, fen bigint);
INSERT INTO bench_balance SELECT id, 0 FROM tenants_tenant UNION ALL SELECT 0, 0;
GRANT ALL ON bench_entry, bench_balance, bench_entry_id_seq TO haowu_app;
"""
