"""Who may read what; rows that are never changed; settlement rows in partitions by night; the first policy.

A large night has a partition of its own, small ones share a month. A night writes into a partition that carries one key
alone, and gets the indexes that pages need when it closes (``_nights_by_functions``).
"""

from datetime import UTC, datetime

from django.db import migrations

from commissions.migrations._nights_by_functions import NIGHTS_BY_FUNCTIONS
from haowu.tenants.migrations._guards import append_only, owned_by, protect, protect_large, sql

PARTIES = ("merchant_id", "streamer_id", "first_leader_id", "second_leader_id", "provider_id", "agency_id")
PLATFORM_ONLY = "false"

SETTLEMENTS = """
CREATE SEQUENCE commissions_settlement_row AS bigint CACHE 100;
CREATE TABLE commissions_settlement (
    id bigint NOT NULL DEFAULT nextval('commissions_settlement_row'),
    base_fen bigint NOT NULL,
    streamer_fen bigint NOT NULL,
    streamer_fee_fen bigint NOT NULL,
    first_leader_fen bigint NOT NULL,
    first_leader_fee_fen bigint NOT NULL,
    second_leader_fen bigint NOT NULL,
    second_leader_fee_fen bigint NOT NULL,
    provider_fen bigint NOT NULL,
    provider_fee_fen bigint NOT NULL,
    phase smallint NOT NULL CONSTRAINT commissions_settlement_phase_check CHECK (phase >= 0),
    day date NOT NULL,
    cost_fen bigint NOT NULL,
    first_leader_id bigint,
    line_id bigint NOT NULL,
    merchant_id bigint NOT NULL,
    provider_id bigint,
    second_leader_id bigint,
    streamer_id bigint,
    agency_id bigint,
    agency_fee_fen bigint NOT NULL DEFAULT 0,
    agency_fen bigint NOT NULL DEFAULT 0,
    CONSTRAINT settlement_once_a_night UNIQUE (line_id, phase, day, merchant_id),
    CONSTRAINT settlement_cost_is_all_shares CHECK (
        cost_fen = streamer_fen + first_leader_fen + second_leader_fen + provider_fen
    ),
    CONSTRAINT settlement_no_negative_part CHECK (
        phase > 0 OR (
            agency_fee_fen BETWEEN 0 AND agency_fen
            AND agency_fen <= streamer_fen - streamer_fee_fen
            AND first_leader_fee_fen BETWEEN 0 AND first_leader_fen
            AND provider_fee_fen BETWEEN 0 AND provider_fen
            AND second_leader_fee_fen BETWEEN 0 AND second_leader_fen
            AND streamer_fee_fen BETWEEN 0 AND streamer_fen
        )
    )
) PARTITION BY RANGE (day);
CREATE INDEX settlement_id ON commissions_settlement USING brin (id);
"""

# A line is paid, shipped, received: with room on its page "shipped" touches no index (a HOT update, 80 → 8 µs a line
# seen with 24,609 lines), and the versions that later states leave behind would fill that room in any case. Lines are
# vacuumed when one in fifty has changed, not one in five, so that what a night counts is answered by an index alone.
ROOM = (
    "ALTER TABLE commissions_orderline SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);",
    "ALTER TABLE commissions_orderline RESET (fillfactor, autovacuum_vacuum_scale_factor);",
)

LARGE = ("orderline", "adjustment", "steppedline", "resettledline")


def keyed_with_merchant(table: str) -> tuple[str, str]:
    """The merchant stands in every key of tables that may be spread over machines by merchant, the id still first."""
    key = f"ALTER TABLE commissions_{table} DROP CONSTRAINT commissions_{table}_pkey, ADD PRIMARY KEY"
    return f"{key} (id, merchant_id);", f"{key} (id);"


def of_a_line(table: str, name: str) -> tuple[str, str]:
    """A foreign key to the line and to its merchant at once."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (line_id, merchant_id)"
        " REFERENCES commissions_orderline (id, merchant_id) DEFERRABLE INITIALLY DEFERRED;",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


KEYS = (
    *(keyed_with_merchant(table) for table in LARGE),
    of_a_line("commissions_adjustment", "adjustment_of_line"),
    of_a_line("commissions_resettledline", "resettled_line_of_line"),
)

CLOSED_RUNS_STAY = """
CREATE TRIGGER closed_runs_stay BEFORE UPDATE OR DELETE ON commissions_run
FOR EACH ROW WHEN (OLD.status = 'closed') EXECUTE FUNCTION refuse_change();
ALTER TABLE commissions_run ADD CONSTRAINT runs_never_overlap
    EXCLUDE USING gist (daterange(covers_after, day, '(]') WITH &&);
"""
THEY_DO_NOT = """
ALTER TABLE commissions_run DROP CONSTRAINT runs_never_overlap;
DROP TRIGGER closed_runs_stay ON commissions_run;
"""

ORDERS = (
    protect("commissions_policy", read="true", write=PLATFORM_ONLY),
    protect("commissions_order", read=owned_by("source_id"), write=PLATFORM_ONLY),
    protect("commissions_orderevent", read=owned_by("source_id"), write=PLATFORM_ONLY),
    protect_large("commissions_orderline", readers=f"ARRAY[source_id, {', '.join(PARTIES)}]"),
    # Whoever may read an order line may read what waits to be adjusted on it, so that its base is the same to all.
    protect_large("commissions_adjustment", readers="readers"),
    ROOM,
)

NIGHTS = (
    (SETTLEMENTS, "DROP TABLE commissions_settlement; DROP SEQUENCE commissions_settlement_row;"),
    protect_large("commissions_settlement", readers=f"ARRAY[{', '.join(PARTIES)}]"),
    append_only("commissions_settlement"),
    protect("commissions_run", read=PLATFORM_ONLY),
    (CLOSED_RUNS_STAY, THEY_DO_NOT),
    protect("commissions_shard", read=PLATFORM_ONLY),
    protect_large("commissions_steppedline"),
    append_only("commissions_steppedline"),
    protect("commissions_postponedline", read=PLATFORM_ONLY),
    append_only("commissions_postponedline"),
)

CASES = (
    protect("commissions_dispute", read=owned_by("claimant_id", "respondent_id"), write=PLATFORM_ONLY),
    protect("commissions_tenanthold", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
    protect("commissions_linehold", read=PLATFORM_ONLY),
    protect("commissions_correction", read=PLATFORM_ONLY),
    protect("commissions_resettlement", read=PLATFORM_ONLY),
    protect_large("commissions_resettledline"),
    append_only("commissions_resettledline"),
    protect("commissions_resettlementtotal", read=PLATFORM_ONLY),
    append_only("commissions_resettlementtotal"),
    protect("commissions_upstreamfile", read=PLATFORM_ONLY),
    protect("commissions_upstreamrow", read=PLATFORM_ONLY),
    append_only("commissions_upstreamrow"),
    protect("commissions_reconciliationitem", read=PLATFORM_ONLY),
)

PAYMENTS = (
    protect("commissions_claim", read=owned_by("debtor_id", "merchant_id"), write=PLATFORM_ONLY),
    protect("commissions_reserve", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
    protect("commissions_withdrawal", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
    protect("commissions_withdrawalstep", read=owned_by("tenant_id"), write=PLATFORM_ONLY),
    append_only("commissions_withdrawalstep"),
    protect("commissions_payoutbatch", read=PLATFORM_ONLY),
    append_only("commissions_payoutbatch"),
    protect("commissions_rebatebatch", read=PLATFORM_ONLY),
    protect("commissions_rebate", read=owned_by("leader_id"), write=PLATFORM_ONLY),
)


def create_first_policy(apps, schema_editor):
    policies = apps.get_model("commissions", "Policy").objects.using(schema_editor.connection.alias)
    policies.get_or_create(
        effective_from=datetime(1970, 1, 1, tzinfo=UTC), defaults={"note": "默认政策：技术服务费 10%，超售后期 7 天"}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0001_initial"),
        ("ledger", "0002_books_guard_themselves"),
        ("merchants", "0002_guards"),
    ]

    operations = [
        sql(*KEYS, *ORDERS, *NIGHTS, *NIGHTS_BY_FUNCTIONS, *CASES, *PAYMENTS),
        migrations.RunPython(create_first_policy, migrations.RunPython.noop),
    ]
