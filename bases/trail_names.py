"""How bases, brands and merchants' consents are called in the trail."""

from bases.models import Consent, Introduction
from haowu.approvals.naming import Thing, Things, by_code, namer
from haowu.approvals.words import Subject
from haowu.tenants.models import Tenant


@namer(Subject.BASE)
def bases(subjects: list[str], reader: Tenant) -> Things:
    return by_code([Tenant.Kind.BASE], {subject: subject for subject in subjects}, reader)


@namer(Subject.INTRODUCTION)
def introductions(subjects: list[str], reader: Tenant) -> Things:
    found = Introduction.objects.visible_to(reader).filter(public_id__in=subjects).select_related("brand")
    return {each.public_id: Thing(each.brand.name) for each in found}


@namer(Subject.CONSENT)
def consents(subjects: list[str], reader: Tenant) -> Things:
    """By the other side's name."""
    found = Consent.objects.visible_to(reader).filter(public_id__in=subjects).select_related("merchant", "base")
    return {each.public_id: Thing((each.base if each.merchant == reader else each.merchant).name) for each in found}
