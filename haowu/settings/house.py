"""What this house alone has: the archive, the sizes of a night, the demo, where merchants pay in."""

from haowu.settings.environment import DEVELOPMENT, HOME, env

ARCHIVE = env.str("ARCHIVE", default=str(HOME / "archive"))
"""Where closed nights are kept as Parquet files (haowu.analytics.archive)."""
NIGHT_SHARD_LINES = env.int("NIGHT_SHARD_LINES", default=50_000)
"""Lines that one worker settles in one transaction; a shard should take seconds, not minutes."""
NIGHT_LARGE_LINES = env.int("NIGHT_LARGE_LINES", default=100_000)
"""From so many lines on, a night's settlement rows have a partition of their own (commissions.nights.partitions)."""
NIGHT_LEASE_SECONDS = env.int("NIGHT_LEASE_SECONDS", default=90)
"""How long a shard stays with a worker that gives no sign of life."""

DEMO_LOGINS = env.json("DEMO_LOGINS", default=[]) if DEVELOPMENT else []
"""``[{username, password, role, task, path}]`` that the sign-in page offers. Set by the demo alone, for its own web."""
TOP_UP_ACCOUNT = env.str("TOP_UP_ACCOUNT", default="")
"""Where merchants pay in, as one line for people: holder, bank, number. Unset: the page says whom to ask."""
