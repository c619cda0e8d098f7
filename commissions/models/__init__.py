from commissions.models.order import Order, OrderEvent, OrderLine
from commissions.models.policy import Policy
from commissions.models.settlement import Adjustment, Claim, Run, Settlement, Shard

__all__ = ["Adjustment", "Claim", "Order", "OrderEvent", "OrderLine", "Policy", "Run", "Settlement", "Shard"]
