"""What the clock would have done by this morning: sales and settled goods counted, matches learned once a day."""

from datetime import datetime

from commissions.orders import sales
from streamers.matching import training


def learn(*, at: datetime) -> None:
    """Asked for again on the same day it changes nothing."""
    sales.count_sales(at=at)
    sales.count_settled()
    training.train_once_a_day(at=at)
