"""What people write passes the one door: every field of every form and filter of the house is one that asks it."""

from collections.abc import Iterator

from django import forms
from django.urls import get_resolver
from django_filters import FilterSet

from haowu.ground.fields import DayField, HundredthsField, MomentField, SplitMomentField, TextField, WholeField
from tests.hostile import ROOMS

JUDGED = {
    forms.CharField: TextField,
    forms.IntegerField: (WholeField, forms.DecimalField),
    forms.DecimalField: HundredthsField,
    forms.DateField: DayField,
    forms.DateTimeField: (MomentField, SplitMomentField),
}


def subclasses(of: type) -> Iterator[type]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def named_fields() -> Iterator[tuple[str, forms.Field]]:
    get_resolver("haowu.urls").url_patterns  # noqa: B018 -- reads every module that has a form
    for form in {*subclasses(forms.BaseForm)}:
        if form.__module__.startswith(ROOMS):
            for name, field in form.base_fields.items():
                yield f"{form.__module__}.{form.__name__}.{name}", field
    for filterset in {*subclasses(FilterSet)}:
        if filterset.__module__.startswith(ROOMS) and ".api." not in filterset.__module__:
            for name, each in filterset.base_filters.items():
                yield f"{filterset.__module__}.{filterset.__name__}.{name}", each.field_class()


def test_every_field_that_people_write_in_asks_the_one_door():
    found = dict(named_fields())
    unjudged = {
        place
        for place, field in found.items()
        for kind, judged in JUDGED.items()
        if isinstance(field, kind) and not isinstance(field, judged)
    }
    assert len(found) > 100
    assert unjudged == set()


def test_no_number_is_taken_that_no_column_holds():
    wide = [place for place, field in named_fields() if isinstance(field, WholeField) and field.max_value > 2**63 - 1]
    assert wide == []
