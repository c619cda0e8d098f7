"""Forms of a merchant: they read what people write; whether it may be is for the acts to say."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.fields import MomentField, PercentField, TextField, WholeField, YuanField
from haowu.tenants.models import Tenant
from merchants.editing import DETAILS, Details, SkuWish
from merchants.models import Brand, Category, Plan, Product, Sku
from merchants.models.plan import StepComparator, StepMode
from merchants.plan_preview import Wish
from merchants.provenance_form import ProvenanceForm
from merchants.rates import MAX_COMMISSION_BPS
from merchants.steps import Comparator, Mode, Step

MAX_POINTS = 5


class CategoryField(forms.ModelChoiceField):
    def label_from_instance(self, category: Category) -> str:
        return category.path


class BrandField(TextField):
    """A brand by code."""

    default_error_messages = {"unknown": _("没有编号为「%(code)s」的品牌。")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 64} | options)

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Brand) else value

    def clean(self, value: Any) -> Brand | None:
        code = super().clean(value)
        brand = Brand.objects.filter(code=code).first() if code else None
        if code and brand is None:
            raise forms.ValidationError(self.error_messages["unknown"], params={"code": code})
        return brand


class PointsField(TextField):
    """Selling points, a line each."""

    default_error_messages = {"too_many": _("最多 5 条，现在有 %(n)s 条。")}

    def validate(self, value: str) -> None:
        super().validate(value)
        points = [line for line in value.splitlines() if line.strip()]
        if len(points) > MAX_POINTS:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many", params={"n": len(points)})


class ProductForm(ProvenanceForm):
    code = TextField(label=_("商品编号"), max_length=64, help_text=_("店内唯一，订单靠它认商品，建立后不能更改。"))
    title = TextField(label=_("标题"), max_length=120)
    category = CategoryField(
        label=_("类目"), queryset=Category.objects.none(), required=False, help_text=_("上架前须选到第三级。")
    )
    brand = BrandField(label=_("品牌"), required=False, help_text=_("品牌编号；搜名称也可以。没有品牌就留空。"))
    description = PointsField(
        label=_("卖点"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": MAX_POINTS}),
        help_text=_("每行一条，最多 5 条。达人开播时照着讲，可以整段复制。"),
    )

    def __init__(self, *args: Any, product: Product | None = None, **options: Any) -> None:
        if product:
            options["initial"] = {name: getattr(product, name) for name in ("code", *DETAILS)}
        super().__init__(*args, **options)
        self.fields["category"].queryset = Category.objects.leaves()
        self.fields["code"].disabled = product is not None

    @property
    def details(self) -> Details:
        return Details(**{name: self.cleaned_data[name] for name in DETAILS})


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


@dataclass(frozen=True)
class TypeInWords:
    """A type of plan as a merchant chooses it: what it does, what it does to the others, which plans it beats."""

    says: Any
    others: Any
    beats: Any


EXPLAINED = {
    Plan.Type.NORMAL: TypeInWords(
        _("所有达人，同一个佣金率"), _("谁都能选，谁卖谁得。多数商品只要这一个。"), _("一件商品只有一个")
    ),
    Plan.Type.ITEM_TARGETED: TypeInWords(
        _("一件商品，给名单里的人另一个佣金率"), _("名单外的人照样卖，按普通计划。"), _("胜过店铺定向和活动")
    ),
    Plan.Type.SHOP_TARGETED: TypeInWords(
        _("全店商品，给名单里的人各自的佣金率"),
        _("一件商品另有商品定向时，先看商品定向。"),
        _("胜过活动和普通"),
    ),
    Plan.Type.EXCLUSIVE: TypeInWords(
        _("这件商品只让名单里的人卖"), _("别人选不了；普通、定向、活动在这件上都停。"), _("胜过一切")
    ),
}


class PlanForm(forms.Form):
    """What belongs to another type than the chosen one is not on the page, and is not read."""

    type = forms.ChoiceField(label=_("计划类型"), choices=Plan.Type.choices, widget=forms.RadioSelect)
    product_code = TextField(
        label=_("推广的商品"),
        max_length=64,
        required=False,
        help_text=_("商品编号；在你的商品里搜名称也可以。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    commission_bps = PercentField(label=_("佣金率（%）"), required=False, help_text=_("0% 到 90%。"))
    ends_at = MomentField(
        label=_("到（不含）"), required=False, help_text=_("留空：不设结束，要停时再结束它。按北京时间。")
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
        if cleaned.get("type") == Plan.Type.SHOP_TARGETED:
            cleaned["product_code"] = None
        if cleaned.get("type") != Plan.Type.NORMAL:
            cleaned["commission_bps"] = None
        threshold, bps = cleaned.get("step_threshold"), cleaned.get("step_bps")
        if not self.errors and (threshold is None) != (bps is None):
            self.add_error(
                "step_bps" if bps is None else "step_threshold", _("阶梯门槛和阶梯佣金率要一起填，或都留空。")
            )
        return cleaned

    @property
    def is_for_all(self) -> bool:
        """No list of streamers belongs to it."""
        return self.cleaned_data.get("type") == Plan.Type.NORMAL

    def wish(self, rates: dict[Tenant, int]) -> Wish:
        """What can be read of the form so far, for a preview."""
        cleaned = self.cleaned_data
        return Wish(
            type=cleaned.get("type") or Plan.Type.NORMAL,
            product=cleaned.get("product_code"),
            commission_bps=_allowed(cleaned.get("commission_bps")),
            streamers={} if self.is_for_all else {one: bps for one, bps in rates.items() if _allowed(bps) is not None},
            step=self.step,
        )

    @property
    def step(self) -> Step | None:
        """The step asked for; None where its fields are empty."""
        cleaned = self.cleaned_data
        if cleaned.get("step_threshold") is None or cleaned.get("step_bps") is None:
            return None
        mode = Mode(cleaned.get("step_mode") or Mode.INCREMENTAL)
        comparator = Comparator(cleaned.get("step_comparator") or Comparator.OVER)
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


def _allowed(bps: int | None) -> int | None:
    return bps if bps is not None and bps <= MAX_COMMISSION_BPS else None


SAMPLE_PRICE_FEN = 10_000
"""The price shown where no product names one."""


class PriceForm(forms.Form):
    """The price of a sale that is only shown."""

    price = YuanField(
        label=_("试算价格（元）"), required=False, help_text=_("留空时按商品的最低价，没有商品时按 100.00。")
    )

    def price_fen(self, otherwise: int | None) -> int:
        """What was written, or ``otherwise``, or a round sum."""
        return getattr(self, "cleaned_data", {}).get("price") or otherwise or SAMPLE_PRICE_FEN


class PreviewForm(PriceForm):
    rate = PercentField(label=_("新的佣金率（%）"), max_value=90)


class PlanStreamerForm(forms.Form):
    streamer = StreamerField()
    bps = PercentField(label=_("佣金率（%）"))


class PlanStreamerRows(forms.BaseFormSet):
    def clean(self) -> None:
        """A streamer that is named again is refused at its row."""
        seen: set[Tenant] = set()
        for row in self.forms:
            streamer = row.cleaned_data.get("streamer")
            if streamer in seen:
                row.add_error("streamer", _("同一位达人列了两次。"))
            elif streamer:
                seen.add(streamer)

    @property
    def rates(self) -> dict[Tenant, int]:
        """Of the rows that are whole."""
        whole = (row.cleaned_data for row in self.forms if getattr(row, "cleaned_data", None))
        return {row["streamer"]: row["bps"] for row in whole if row.get("streamer") and row.get("bps") is not None}

    def named(self) -> list[tuple[forms.Form, Tenant | None]]:
        """Each row with the streamer whose code it holds, for a page that shows names."""
        codes = [str(row["streamer"].value() or "").strip() for row in self.forms]
        known = Tenant.objects.coded(Tenant.Kind.STREAMER, [code for code in codes if inputs.is_storable(code)])
        return [(row, known.get(code)) for row, code in zip(self.forms, codes, strict=True)]


PlanStreamerFormSet = forms.formset_factory(PlanStreamerForm, formset=PlanStreamerRows, extra=3, max_num=500)
