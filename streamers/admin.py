"""Staff's view of links and live sessions. They are their streamers' own: staff look. Who clicked nobody sees."""

from django.contrib import admin

from haowu.tenants.admin import LookOnly, LookOnlyAdmin
from streamers.models import Link, LinkDay, LiveSession, SessionItem


class LinkDayInline(LookOnly, admin.TabularInline):
    model = LinkDay
    extra = 0
    fields = ["day", "clicks", "visitors"]
    ordering = ["-day"]
    max_num = 31


@admin.register(Link)
class LinkAdmin(LookOnlyAdmin):
    list_display = ["code", "streamer", "product", "sub_id", "made_at"]
    list_select_related = ["streamer", "product"]
    search_fields = ["=code", "=sub_id", "=pick__pid", "streamer__name"]
    inlines = [LinkDayInline]


class ItemInline(LookOnly, admin.TabularInline):
    model = SessionItem
    extra = 0
    fields = ["position", "product", "minutes", "presented_at", "clicks"]
    ordering = ["position"]


@admin.register(LiveSession)
class LiveSessionAdmin(LookOnlyAdmin):
    list_display = ["title", "streamer", "status", "starts_at", "started_at", "ended_at"]
    list_filter = ["status"]
    list_select_related = ["streamer"]
    search_fields = ["=public_id", "title", "streamer__name"]
    inlines = [ItemInline]
