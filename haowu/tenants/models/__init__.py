from haowu.tenants.models.kept import SavedView
from haowu.tenants.models.parties import (
    BuyerIdentity,
    Membership,
    PersonalDataAccess,
    PersonalRecord,
    Tenant,
    TenantQuerySet,
    User,
    public_id,
)

__all__ = [
    "BuyerIdentity",
    "Membership",
    "PersonalDataAccess",
    "PersonalRecord",
    "SavedView",
    "Tenant",
    "TenantQuerySet",
    "User",
    "public_id",
]
