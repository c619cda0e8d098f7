"""Who is who: users, tenants of seven kinds, and memberships with a role."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


def public_id() -> str:
    """Twelve random URL-safe characters (72 bits): an id that can be shown and not guessed."""
    return secrets.token_urlsafe(9)


class User(AbstractUser):
    """A person. What they may do follows from their memberships; ``is_staff`` opens the platform's admin."""

    email = models.EmailField(_("邮箱"), blank=True)
    guide_closed_at = models.DateTimeField(_("已关闭新手引导"), null=True, blank=True, editable=False)
    known_memberships: "list[Membership]"

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        permissions = [("reset_second_step", _("可重置两步验证"))]

    def close_guide(self, at: datetime) -> None:
        """Show staff's first steps no more to this person."""
        self.guide_closed_at = at
        self.save(update_fields=["guide_closed_at"])

    @property
    def memberships(self) -> "list[Membership]":
        """With their tenants. Asks nothing of whom a session named (``haowu.tenants.members``)."""
        if not hasattr(self, "known_memberships"):
            self.known_memberships = list(Membership.objects.filter(user=self).select_related("tenant"))
        return self.known_memberships


class TenantQuerySet(models.QuerySet["Tenant"]):
    def of_kind(self, kind: str) -> "TenantQuerySet":
        return self.filter(kind=kind)

    def called(self, words: str) -> "TenantQuerySet":
        """Whose name holds ``words``, or whose code they are; by name."""
        return self.filter(models.Q(name__icontains=words) | models.Q(code=words)).order_by("name", "pk")

    def of_member(self, user: User) -> "TenantQuerySet":
        """The tenants that ``user`` may act for, in the order of the tenant chooser."""
        return self.filter(membership__user=user).order_by("kind", "name", "pk")

    def coded(self, kind: str, codes: "list[str] | set[str]") -> "dict[str, Tenant]":
        """``{code: tenant}`` of one kind; unknown codes are left out."""
        return {tenant.code: tenant for tenant in self.filter(kind=kind, code__in=codes)}


class Tenant(models.Model):
    """One party of the market. Relations between apps point here rather than at a profile on another floor."""

    class Kind(models.TextChoices):
        MERCHANT = "merchant", _("商家")
        STREAMER = "streamer", _("达人")
        TUANZHANG = "tuanzhang", _("招商团长")
        BASE = "base", _("供应链基地")
        PROVIDER = "provider", _("服务商")
        PARTNER = "partner", _("合作系统")
        PLATFORM = "platform", _("平台")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    code = models.CharField(_("编号"), max_length=64, help_text=_("平台内同类租户唯一"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    name = models.CharField(_("名称"), max_length=120)
    avatar = models.ImageField(_("头像"), upload_to="avatars/", max_length=200, blank=True, default="", db_default="")
    field = models.CharField(_("主营"), max_length=32, blank=True, default="", db_default="")
    city = models.CharField(_("城市"), max_length=32, blank=True, default="", db_default="")
    introduction = models.CharField(_("一句话介绍"), max_length=120, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("租户")
        permissions = [("view_as_tenant", _("可以其身份查看前台"))]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="tenant_kind_code_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["merchant", "streamer", "tuanzhang", "base", "provider", "partner", "platform"]
                ),
                name="tenant_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_subject(self) -> str:
        return f"{self.kind}:{self.code}"


class Membership(models.Model):
    """A user's place in a tenant. The role bounds what they may do there."""

    class Role(models.TextChoices):
        OWNER = "owner", _("所有者")
        OPERATOR = "operator", _("运营")
        FINANCE = "finance", _("财务")
        VIEWER = "viewer", _("只读")

    user = models.ForeignKey(User, on_delete=models.CASCADE, verbose_name=_("用户"))
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, verbose_name=_("租户"))
    role = models.CharField(_("角色"), max_length=10, choices=Role)
    guide_closed_at = models.DateTimeField(_("已关闭新手引导"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("成员")
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="membership_user_tenant_unique")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.tenant}"

    @property
    def trail_subject(self) -> str:
        return f"{self.tenant.trail_subject}/{self.user.username}"

    @property
    def trail_facts(self) -> dict[str, int | str]:
        return {"user_id": self.user_id, "role": self.role}

    def close_guide(self, at: datetime) -> None:
        """Show the first steps no more to this member of this tenant."""
        self.guide_closed_at = at
        self.save(update_fields=["guide_closed_at"])

    @property
    def may_write(self) -> bool:
        """Owners and operators change products, plans and shelves; finance and viewers read."""
        return self.role in {self.Role.OWNER, self.Role.OPERATOR}

    @property
    def may_handle_money(self) -> bool:
        """Owners and finance withdraw, say where money goes, and set when they want to be warned about it."""
        return self.role in {self.Role.OWNER, self.Role.FINANCE}

    @property
    def may_dispute(self) -> bool:
        """Everybody but viewers: a dispute moves no money of one's own."""
        return self.role != self.Role.VIEWER


class BuyerIdentity(models.Model):
    """A buyer account that belongs to a tenant. What it buys of its own pays nobody (``SELF_PURCHASE``)."""

    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="buyer_identities", verbose_name=_("租户")
    )
    buyer_ref = models.CharField(_("买家号"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("本人买家号")
        constraints = [models.UniqueConstraint(fields=["tenant", "buyer_ref"], name="buyer_identity_unique")]

    def __str__(self) -> str:
        return self.buyer_ref

    @property
    def trail_subject(self) -> str:
        return self.tenant.trail_subject

    trail_facts: ClassVar[dict[str, str]] = {"buyer_ref": "***"}
    """Whose account it is stays between the two: a buyer is a person."""


class PersonalRecordQuerySet(models.QuerySet["PersonalRecord"]):
    def visible_to(self, tenant: Tenant) -> "PersonalRecordQuerySet":
        return self.filter(tenant=tenant)

    def current(self, kind: str) -> "PersonalRecord | None":
        return self.filter(kind=kind, retired_at=None).first()

    def sealed_by_others(self, key_id: str) -> "PersonalRecordQuerySet":
        return self.exclude(key_id=key_id)


class PersonalRecord(models.Model):
    """A bank account or an identity, sealed (``haowu.tenants.personal`` opens it). People see ``masked``."""

    class Kind(models.TextChoices):
        BANK_ACCOUNT = "bank_account", _("收款账户")
        IDENTITY = "identity", _("身份证件")

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="personal_records", verbose_name=_("租户")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    masked = models.CharField(_("资料（已脱敏）"), max_length=120)
    key_id = models.CharField(_("密钥编号"), max_length=32, db_index=True)
    sealed = models.BinaryField(_("密文"))
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"))
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    objects = PersonalRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("个人资料")
        permissions = [("reveal_personalrecord", _("可查看完整个人资料"))]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind"], condition=models.Q(retired_at=None), name="personal_record_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["bank_account", "identity"]), name="personal_record_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @staticmethod
    def binding(tenant_id: int, kind: str) -> str:
        """What the seal holds fast beside the facts: a sealed text moved to another tenant does not open."""
        return f"{tenant_id}:{kind}"

    @property
    def bound_to(self) -> str:
        return self.binding(self.tenant_id, self.kind)

    def retire(self, at: datetime) -> None:
        self.retired_at = at
        self.save(update_fields=["retired_at"])


class PersonalDataAccessQuerySet(models.QuerySet["PersonalDataAccess"]):
    def visible_to(self, tenant: Tenant) -> "PersonalDataAccessQuerySet":
        return self.filter(tenant=tenant)

    def newest_first(self) -> "PersonalDataAccessQuerySet":
        return self.order_by("-at", "-pk")


class PersonalDataAccess(models.Model):
    """Who saw a record in full, when and why. Append-only."""

    record = models.ForeignKey(
        PersonalRecord, on_delete=models.PROTECT, related_name="accesses", verbose_name=_("个人资料")
    )
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("租户"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("用户"))
    who = models.CharField(_("查看人"), max_length=150)
    reason = models.CharField(_("原因"), max_length=200)
    at = models.DateTimeField(_("时间"))

    objects = PersonalDataAccessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("个人资料访问日志")

    def __str__(self) -> str:
        return f"{self.who} {self.at:%Y-%m-%d %H:%M} {self.reason}"
