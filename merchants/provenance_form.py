"""Where goods come from, as a merchant writes it: a part of the form of a product."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bases.forms import cities
from merchants.models import Product


class ProvenanceForm(forms.Form):
    provenance = forms.ChoiceField(
        label=_("货源"), required=False, choices=[("", _("不写明")), *Product.Provenance.choices]
    )
    origin = forms.ChoiceField(
        label=_("产业带城市"),
        required=False,
        choices=lambda: [("", _("不是工厂货")), *cities()],
        help_text=_("源头工厂所在的城市，会进选品中心的源头好货。"),
    )
