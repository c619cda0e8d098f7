"""What a member keeps of the lists that he reads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models.parties import Tenant, User, public_id


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, tenant: Tenant) -> "SavedViewQuerySet":
        return self.filter(tenant=tenant)

    def of(self, user: User) -> "SavedViewQuerySet":
        return self.filter(user=user)

    def of_list(self, page: str) -> "SavedViewQuerySet":
        return self.filter(page=page)

    def with_a_name(self) -> "SavedViewQuerySet":
        return self.exclude(name="")

    def in_order(self) -> "SavedViewQuerySet":
        return self.order_by("page", "name", "pk")


class SavedView(models.Model):
    """A list as one member wants it. With a name: filters, tab and sort, to be opened again. Without: its columns.

    ``page`` is the list's route, ``query`` its address's query string, ``hidden`` the columns that are not shown.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("租户"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("用户"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    page = models.CharField(_("列表"), max_length=64)
    name = models.CharField(_("名称"), max_length=32, blank=True)
    query = models.CharField(_("筛选"), max_length=1000, blank=True)
    hidden = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name=_("隐藏的列"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("保存的视图")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "page", "name"], name="saved_view_once_per_list"),
            models.CheckConstraint(condition=~Q(name="") | Q(query=""), name="saved_view_query_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
