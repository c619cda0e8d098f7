"""A profile is public and written by its streamer; picks are their streamer's own, their channels the leader's too."""

from django.db import migrations

from haowu.tenants.migrations._guards import owned_by, protect, sql


class Migration(migrations.Migration):
    dependencies = [("streamers", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(
            protect("streamers_profile", read="true", write=owned_by("streamer_id")),
            protect("streamers_pick", read=owned_by("streamer_id")),
            protect("streamers_channel", read=owned_by("streamer_id", "leader_id"), write=owned_by("streamer_id")),
        )
    ]
