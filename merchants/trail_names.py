"""How goods, plans and shops are called in the trail."""

from django.urls import reverse

from haowu.approvals.naming import Thing, Things, by_code, namer
from haowu.approvals.words import Subject
from haowu.tenants.models import Tenant
from merchants.models import Plan, Product


@namer(Subject.PRODUCT)
def products(subjects: list[str], reader: Tenant) -> Things:
    """Codes are a merchant's own, so that only its own goods can be named by them."""
    found = Product.objects.of_merchant(reader).filter(code__in=subjects)
    return {each.code: Thing(each.title, reverse("product", args=[each.public_id])) for each in found}


@namer(Subject.PLAN)
def plans(subjects: list[str], reader: Tenant) -> Things:
    is_own = reader.kind == Tenant.Kind.MERCHANT
    found = Plan.objects.visible_to(reader).filter(public_id__in=subjects).select_related("product")
    return {
        each.public_id: Thing(_plan_name(each), reverse("plan", args=[each.public_id]) if is_own else "")
        for each in found
    }


@namer(Subject.SHOP)
def shops(subjects: list[str], reader: Tenant) -> Things:
    return by_code([Tenant.Kind.MERCHANT], {subject: subject for subject in subjects}, reader)


def _plan_name(plan: Plan) -> str:
    return f"{plan.product.title} · {plan.get_type_display()}" if plan.product else plan.get_type_display()
