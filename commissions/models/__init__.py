from commissions.models.casework import LineHold, TenantHold
from commissions.models.correction import Correction, ResettledLine, Resettlement, ResettlementTotal
from commissions.models.dispute import Dispute
from commissions.models.night import PostponedLine, Run, Shard
from commissions.models.order import Order, OrderEvent, OrderLine
from commissions.models.payout import PayoutBatch, Withdrawal, WithdrawalStep
from commissions.models.policy import Policy
from commissions.models.rebate import Rebate, RebateBatch
from commissions.models.reconciliation import ReconciliationItem, UpstreamFile, UpstreamRow
from commissions.models.reserve import Reserve
from commissions.models.settlement import Adjustment, Claim, Settlement, SteppedLine
from commissions.models.top_up import TopUp

__all__ = [
    "Adjustment",
    "Claim",
    "Correction",
    "Dispute",
    "LineHold",
    "Order",
    "OrderEvent",
    "OrderLine",
    "PayoutBatch",
    "Policy",
    "PostponedLine",
    "Rebate",
    "RebateBatch",
    "ReconciliationItem",
    "Reserve",
    "ResettledLine",
    "Resettlement",
    "ResettlementTotal",
    "Run",
    "Settlement",
    "Shard",
    "SteppedLine",
    "TenantHold",
    "TopUp",
    "UpstreamFile",
    "UpstreamRow",
    "Withdrawal",
    "WithdrawalStep",
]
