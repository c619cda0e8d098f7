"""What people write passes the one door: every field of every form and filter of the house is one that asks it."""

from collections.abc import Iterator

from django import forms
from django.urls import get_resolver
from django_filters import FilterSet

from haowu.ground.fields import DayField, HundredthsField, MomentField, TextField, WholeField
from tests.hostile import ROOMS

JUDGED = {
    forms.CharField: TextField,
    forms.IntegerField: (WholeField, HundredthsField),
    forms.DateField: DayField,
    forms.DateTimeField: MomentField,
}
"""Fields that staff write in the admin without a form of ours are judged by ``EditedAdmin``."""


def subclasses(of: type) -> Iterator[type]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def kinds_of_field() -> Iterator[tuple[str, type]]:
    get_resolver("haowu.urls").url_patterns  # noqa: B018 -- reads every module that has a form
    for form in {*subclasses(forms.BaseForm)}:
        if form.__module__.startswith(ROOMS):
            for name, field in form.declared_fields.items():
                yield f"{form.__module__}.{form.__name__}.{name}", type(field)
    for filterset in {*subclasses(FilterSet)}:
        if filterset.__module__.startswith(ROOMS) and ".api." not in filterset.__module__:
            for name, each in filterset.base_filters.items():
                yield f"{filterset.__module__}.{filterset.__name__}.{name}", each.field_class


def test_every_field_that_people_write_in_asks_the_one_door():
    found = dict(kinds_of_field())
    unjudged = {
        place
        for place, of in found.items()
        for kind, judged in JUDGED.items()
        if issubclass(of, kind) and not issubclass(of, judged)
    }
    assert len(found) > 100
    assert unjudged == set()
