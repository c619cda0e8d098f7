from bases.models.base import Application, Base, Document, QuotaPeriod
from bases.models.brand import Brand, BrandedProduct, Introduction
from bases.models.consent import Consent
from bases.models.permit import Permit
from bases.models.policy import BaseLevel, BasePolicy
from bases.models.pull import PullSource
from bases.models.quarantine import QuarantinedRow
from bases.models.room import Booking, Room
from bases.models.stock import Feed, Feeder, FeedPart, Stock
from bases.models.supply import Movement, Reservation, Shortage

__all__ = [
    "Application",
    "Base",
    "BaseLevel",
    "BasePolicy",
    "Booking",
    "Brand",
    "BrandedProduct",
    "Consent",
    "Document",
    "Feed",
    "FeedPart",
    "Feeder",
    "Introduction",
    "Movement",
    "Permit",
    "PullSource",
    "QuarantinedRow",
    "QuotaPeriod",
    "Reservation",
    "Room",
    "Shortage",
    "Stock",
]
