"""Forms of a merchant: they read what people write; whether it may be is for the acts to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from haowu.ground.fields import PercentField, TextField, WholeField, YuanField
from haowu.tenants.models import Tenant
from merchants.editing import Details, SkuWish
from merchants.models import Brand, Category, Plan, Product, Sku
from merchants.models.plan import StepComparator, StepMode
from merchants.steps import Comparator, Mode, Step


class CategoryField(forms.ModelChoiceField):
    def label_from_instance(self, category: Category) -> str:
        return category.path


class ProductForm(forms.Form):
    code = TextField(label=_("商品编号"), max_length=64, help_text=_("店内唯一，订单靠它认商品，建立后不能更改。"))
    title = TextField(label=_("标题"), max_length=120)
    category = CategoryField(
        label=_("类目"), queryset=Category.objects.none(), required=False, help_text=_("上架前须选到第三级。")
    )
    brand = forms.ModelChoiceField(label=_("品牌"), queryset=Brand.objects.none(), required=False)
    description = TextField(label=_("卖点"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, product: Product | None = None, **options: Any) -> None:
        if product:
            names = ("code", "title", "category", "brand", "description")
            options["initial"] = {name: getattr(product, name) for name in names}
        super().__init__(*args, **options)
        self.fields["category"].queryset = Category.objects.leaves()
        self.fields["brand"].queryset = Brand.objects.order_by("name")
        self.fields["code"].disabled = product is not None

    @property
    def details(self) -> Details:
        return Details(**{name: self.cleaned_data[name] for name in ("title", "description", "category", "brand")})


class SkuForm(forms.Form):
    code = TextField(label=_("规格编号"), max_length=64)
    spec = TextField(label=_("规格"), max_length=120, required=False)
    price_fen = YuanField(label=_("价格（元）"), min_value=0.01)
    stock = WholeField(label=_("库存"), min_value=0, max_value=1_000_000_000)


class SkuRows(forms.BaseFormSet):
    @property
    def wishes(self) -> list[SkuWish]:
        rows = [row.cleaned_data for row in self.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")]
        return [SkuWish(row["code"], row["spec"], row["price_fen"], row["stock"]) for row in rows]


SkuFormSet = forms.formset_factory(
    SkuForm, formset=SkuRows, extra=1, max_num=200, can_delete=True, can_delete_extra=False
)


def sku_rows(product: Product | None) -> list[dict[str, Any]]:
    """The SKUs of ``product`` as a formset's initial rows."""
    skus = product.skus.order_by("pk") if product else Sku.objects.none()
    return [{"code": sku.code, "spec": sku.spec, "price_fen": sku.price_fen, "stock": sku.stock} for sku in skus]


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("添加图片"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG、PNG 或 WebP，不超过 5 MB，最多 8 张。"),
    )


EXPLAINED = {
    Plan.Type.NORMAL: _("一件商品对所有达人同一个佣金率。最常用：谁都可以选入，谁带货谁得佣。"),
    Plan.Type.ITEM_TARGETED: _("一件商品只给名单里的达人另一个佣金率。名单外的达人仍按普通计划。"),
    Plan.Type.SHOP_TARGETED: _("全店商品给名单里的达人同一个佣金率。有商品定向计划的商品先按商品定向。"),
    Plan.Type.EXCLUSIVE: _("一件商品只准名单里的达人推广。其他达人不能选入，普通与定向计划对它都不生效。"),
}


class PlanForm(forms.Form):
    type = forms.ChoiceField(label=_("计划类型"), choices=Plan.Type.choices, widget=forms.RadioSelect)
    product_code = TextField(
        label=_("商品编号"),
        max_length=64,
        required=False,
        help_text=_("店铺定向计划对全店生效，这里留空。"),
        widget=forms.TextInput(attrs={"list": "product-codes", "autocomplete": "off"}),
    )
    commission_bps = PercentField(
        label=_("佣金率（%）"), required=False, help_text=_("普通计划填这里；其他类型在下面按达人填写。")
    )

    step_threshold = WholeField(
        label=_("阶梯门槛（单）"),
        required=False,
        min_value=1,
        help_text=_("不设阶梯就留空。按每位达人在本计划下已结算的有效订单计数，整单退款的不算；开设后不能更改。"),
    )
    step_bps = PercentField(label=_("阶梯佣金率（%）"), required=False)
    step_mode = forms.ChoiceField(label=_("阶梯方式"), required=False, choices=StepMode.choices)
    step_comparator = forms.ChoiceField(
        label=_("达标条件"),
        required=False,
        choices=StepComparator.choices,
        help_text=_("只用于追溯：正好等于门槛时算不算达标。"),
    )

    def __init__(self, *args: Any, merchant: Tenant, **options: Any) -> None:
        super().__init__(*args, **options)
        self.merchant = merchant

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        threshold, bps = cleaned.get("step_threshold"), cleaned.get("step_bps")
        if not self.errors and (threshold is None) != (bps is None):
            self.add_error(
                "step_bps" if bps is None else "step_threshold", _("阶梯门槛和阶梯佣金率要一起填，或都留空。")
            )
        return cleaned

    @property
    def step(self) -> Step | None:
        """The step asked for; None where its fields are empty."""
        cleaned = self.cleaned_data
        if cleaned["step_threshold"] is None:
            return None
        mode = Mode(cleaned["step_mode"] or Mode.INCREMENTAL)
        comparator = Comparator(cleaned["step_comparator"] or Comparator.OVER)
        return Step(cleaned["step_threshold"], cleaned["step_bps"], mode, comparator)

    def clean_product_code(self) -> Product | None:
        code = self.cleaned_data["product_code"]
        if not code:
            return None
        product = Product.objects.of_merchant(self.merchant).coded(code)
        if product is None:
            raise forms.ValidationError(_("没有编号为「%(code)s」的商品。"), params={"code": code})
        return product


class StreamerField(TextField):
    """A streamer by code."""

    default_error_messages = {"unknown": _("没有编号为「%(code)s」的达人。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("达人编号"), "max_length": 64} | options)

    def clean(self, value: Any) -> Tenant | None:
        code = super().clean(value)
        if not code:
            return None
        streamer = Tenant.objects.coded(Tenant.Kind.STREAMER, [code]).get(code)
        if streamer is None:
            raise forms.ValidationError(self.error_messages["unknown"], params={"code": code})
        return streamer


class PlanStreamerForm(forms.Form):
    streamer = StreamerField()
    bps = PercentField(label=_("佣金率（%）"))


class PlanStreamerRows(forms.BaseFormSet):
    def clean(self) -> None:
        seen = [row.cleaned_data["streamer"] for row in self.forms if row.cleaned_data.get("streamer")]
        if len(set(seen)) < len(seen):
            raise forms.ValidationError(_("同一位达人列了两次。"))

    @property
    def rates(self) -> dict[Tenant, int]:
        return {row.cleaned_data["streamer"]: row.cleaned_data["bps"] for row in self.forms if row.cleaned_data}


PlanStreamerFormSet = forms.formset_factory(PlanStreamerForm, formset=PlanStreamerRows, extra=3, max_num=500)
