from commissions.models.order import Order, OrderEvent, OrderLine
from commissions.models.payout import PayoutBatch, Withdrawal, WithdrawalStep
from commissions.models.policy import Policy
from commissions.models.settlement import Adjustment, Claim, Run, Settlement, Shard

__all__ = [
    "Adjustment",
    "Claim",
    "Order",
    "OrderEvent",
    "OrderLine",
    "PayoutBatch",
    "Policy",
    "Run",
    "Settlement",
    "Shard",
    "Withdrawal",
    "WithdrawalStep",
]
