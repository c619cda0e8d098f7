"""Staff's desks. Each module registers its own."""

from commissions.admin import (  # noqa: F401  Django's autodiscovery imports this package alone
    casework,
    decisions,
    home,
    nights,
    orders,
    payouts,
    policy,
    rebates,
    top_ups,
)
