"""The bench's parties: many small, a few very large. Made set-based, with ids that the lines can compute."""

from dataclasses import dataclass

MERCHANT_ID, STREAMER_ID, LEADER_ID, PROVIDER_ID, SOURCE_ID = 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000
WITHOUT_ACTS = ["I15.3", "I15.4", "I15.5"]
"""Invariants that ask for the acts by which parties and plans came about: here they came about by SQL."""


@dataclass(frozen=True)
class Crowd:
    """How many there are of each kind. Party number i has the id ``<KIND>_ID + i``."""

    merchants: int
    streamers: int
    leaders: int
    providers: int = 100

    @classmethod
    def for_night(cls, lines: int) -> "Crowd":
        """200,000 merchants, 100,000 streamers and 2,000 leaders for 10 million lines; a smaller night has fewer."""
        return cls(
            merchants=min(200_000, max(100, lines // 50)),
            streamers=min(100_000, max(50, lines // 100)),
            leaders=min(2_000, max(10, lines // 5_000)),
        )


def settle_in(cursor, crowd: Crowd) -> None:
    """Write the tenants, shops, profiles and one product for each merchant."""
    kinds = (
        ("merchant", MERCHANT_ID, crowd.merchants),
        ("streamer", STREAMER_ID, crowd.streamers),
        ("tuanzhang", LEADER_ID, crowd.leaders),
        ("provider", PROVIDER_ID, crowd.providers),
        ("partner", SOURCE_ID, 1),
    )
    for kind, first, count in kinds:
        cursor.execute(
            "INSERT INTO tenants_tenant (id, kind, code, public_id, name, created_at)"
            " SELECT %s + i, %s, 'b' || i, 'b' || (%s + i), %s || ' ' || i, now() FROM generate_series(0, %s - 1) AS i",
            [first, kind, first, kind, count],
        )
    cursor.execute("SELECT setval(pg_get_serial_sequence('tenants_tenant', 'id'), %s)", [2 * SOURCE_ID])
    cursor.execute(
        """
        INSERT INTO merchants_shop (merchant_id, score, funding, low_balance_fen)
        SELECT id, 480, 'withheld', 0 FROM tenants_tenant WHERE kind = 'merchant';
        INSERT INTO streamers_profile (streamer_id, fans)
        SELECT id, 0 FROM tenants_tenant WHERE kind = 'streamer';
        INSERT INTO merchants_product (id, merchant_id, code, public_id, title, description, status, created_at)
        SELECT id, id, 'p', public_id, 'bench', '', 'listed', now() FROM tenants_tenant WHERE kind = 'merchant';
        ANALYZE tenants_tenant, merchants_shop, merchants_product;
        """
    )
    cursor.execute("SELECT setval(pg_get_serial_sequence('merchants_product', 'id'), %s)", [2 * SOURCE_ID])
