"""A night's own partition is vacuumed from its close on: until then it only grows, and a vacuum would read it all beside
the workers."""

import importlib

from django.db import migrations

MADE = "EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);"
RESTS = f"""{MADE}
    IF ends - begins = 1 THEN EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', name); END IF;"""
INDEXED = "EXECUTE format('ANALYZE %I', part.name);"
AWAKE = f"""{INDEXED}
    EXECUTE format('ALTER TABLE %I RESET (autovacuum_enabled)', part.name);"""
change = importlib.import_module("haowu.ledger.migrations.0007_fen_sum").change


class Migration(migrations.Migration):
    dependencies = [("commissions", "0026_lines_by_time"), ("ledger", "0007_fen_sum")]

    operations = [
        migrations.RunSQL(change("settlement_partition", MADE, RESTS), change("settlement_partition", RESTS, MADE)),
        migrations.RunSQL(change("index_settlements", INDEXED, AWAKE), change("index_settlements", AWAKE, INDEXED)),
    ]
