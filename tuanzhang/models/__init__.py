from tuanzhang.models.activity import Activity, ActivityMinimum, AllowedPartner, ListedStreamer
from tuanzhang.models.appeal import Appeal
from tuanzhang.models.assessment import KnownPartner, MonthlyAssessment, Readmission, Revocation
from tuanzhang.models.change import ChangeRequest
from tuanzhang.models.cooperation import SecondLevel
from tuanzhang.models.enrolment import Enrolment, EnrolmentRate
from tuanzhang.models.leader_counts import LeaderFigures
from tuanzhang.models.level import LevelLabel, LevelPolicy, QuarterLevel
from tuanzhang.models.recommendation import (
    GoodsRequest,
    GroupMember,
    Recipient,
    Recommendation,
    RecommendedItem,
    StreamerGroup,
)

__all__ = [
    "Activity",
    "ActivityMinimum",
    "AllowedPartner",
    "Appeal",
    "ChangeRequest",
    "Enrolment",
    "EnrolmentRate",
    "GoodsRequest",
    "GroupMember",
    "KnownPartner",
    "LeaderFigures",
    "LevelLabel",
    "LevelPolicy",
    "ListedStreamer",
    "MonthlyAssessment",
    "QuarterLevel",
    "Readmission",
    "Recipient",
    "Recommendation",
    "RecommendedItem",
    "Revocation",
    "SecondLevel",
    "StreamerGroup",
]
