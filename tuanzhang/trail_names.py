"""How activities, enrolled goods and leaders' agreements are called in the trail."""

from django.db.models import Q
from django.urls import reverse

from haowu.approvals.naming import Thing, Things, namer
from haowu.approvals.words import Subject
from haowu.tenants.models import Tenant
from tuanzhang.models import Activity, ChangeRequest, Enrolment, SecondLevel


@namer(Subject.ACTIVITY)
def activities(subjects: list[str], reader: Tenant) -> Things:
    pages: dict[str, str] = {Tenant.Kind.MERCHANT: "open-activity", Tenant.Kind.TUANZHANG: "activity"}
    found = Activity.objects.visible_to(reader).filter(code__in=subjects)
    return {each.code: Thing(each.title, _page(pages.get(reader.kind), each.public_id)) for each in found}


@namer(Subject.ENROLMENT)
def enrolments(subjects: list[str], reader: Tenant) -> Things:
    page = "enrolment" if reader.kind == Tenant.Kind.MERCHANT else None
    found = Enrolment.objects.between(reader).named(subjects).select_related("product")
    return {each.public_id: Thing(each.product.title, _page(page, each.public_id)) for each in found}


@namer(Subject.CHANGE_REQUEST)
def change_requests(subjects: list[str], reader: Tenant) -> Things:
    page = "enrolment" if reader.kind == Tenant.Kind.MERCHANT else None
    sides = Q(enrolment__merchant=reader) | Q(enrolment__leader=reader)
    found = ChangeRequest.objects.filter(sides, public_id__in=subjects).select_related("enrolment__product")
    return {
        each.public_id: Thing(each.enrolment.product.title, _page(page, each.enrolment.public_id)) for each in found
    }


@namer(Subject.SECOND_LEVEL)
def second_levels(subjects: list[str], reader: Tenant) -> Things:
    found = SecondLevel.objects.visible_to(reader).filter(public_id__in=subjects)
    return {each.public_id: Thing(each.enrolment.product.title) for each in found.select_related("enrolment__product")}


def _page(route: str | None, public_id: str) -> str:
    return reverse(route, args=[public_id]) if route else ""
