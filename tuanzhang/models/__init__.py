from tuanzhang.models.activity import Activity, ActivityMinimum, AllowedPartner, ListedStreamer
from tuanzhang.models.change import ChangeRequest
from tuanzhang.models.cooperation import SecondLevel
from tuanzhang.models.enrolment import Enrolment, EnrolmentRate
from tuanzhang.models.figures import LeaderFigures

__all__ = [
    "Activity",
    "ActivityMinimum",
    "AllowedPartner",
    "ChangeRequest",
    "Enrolment",
    "EnrolmentRate",
    "LeaderFigures",
    "ListedStreamer",
    "SecondLevel",
]
