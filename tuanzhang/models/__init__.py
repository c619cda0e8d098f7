from tuanzhang.models.activity import Activity, ActivityMinimum, AllowedPartner, ListedStreamer
from tuanzhang.models.appeal import Appeal
from tuanzhang.models.assessment import KnownPartner, MonthlyAssessment, Readmission, Revocation
from tuanzhang.models.change import ChangeRequest
from tuanzhang.models.cooperation import SecondLevel
from tuanzhang.models.enrolment import Enrolment, EnrolmentRate
from tuanzhang.models.figures import LeaderFigures
from tuanzhang.models.level import LevelLabel, LevelPolicy, QuarterLevel

__all__ = [
    "Activity",
    "ActivityMinimum",
    "AllowedPartner",
    "Appeal",
    "ChangeRequest",
    "Enrolment",
    "EnrolmentRate",
    "KnownPartner",
    "LeaderFigures",
    "LevelLabel",
    "LevelPolicy",
    "ListedStreamer",
    "MonthlyAssessment",
    "QuarterLevel",
    "Readmission",
    "Revocation",
    "SecondLevel",
]
