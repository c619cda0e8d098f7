"""How tenants and their members are called in the trail."""

from haowu.approvals.naming import Thing, Things, by_code, namer
from haowu.approvals.words import Subject
from haowu.tenants.models import Tenant


@namer(Subject.TENANT)
def tenants(subjects: list[str], reader: Tenant) -> Things:
    """Subjects are ``kind:code``."""
    return by_code(Tenant.Kind.values, {subject: subject.partition(":")[2] for subject in subjects}, reader)


@namer(Subject.MEMBERSHIP)
def memberships(subjects: list[str], reader: Tenant) -> Things:
    """Subjects are ``kind:code/user name``: the user is who a colleague knows."""
    return {subject: Thing(subject.partition("/")[2]) for subject in subjects}
