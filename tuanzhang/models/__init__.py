from tuanzhang.models.activity import Activity, ActivityMinimum, AllowedPartner, ListedStreamer
from tuanzhang.models.cooperation import SecondLevel
from tuanzhang.models.enrolment import ChangeRequest, Enrolment, EnrolmentRate

__all__ = [
    "Activity",
    "ActivityMinimum",
    "AllowedPartner",
    "ChangeRequest",
    "Enrolment",
    "EnrolmentRate",
    "ListedStreamer",
    "SecondLevel",
]
