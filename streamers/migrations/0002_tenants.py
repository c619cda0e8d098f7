"""A streamer's picks are its own; a profile is public and written by its streamer."""

from django.db import migrations

from haowu.tenants.policies import owned_by, protect


class Migration(migrations.Migration):
    dependencies = [("streamers", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        protect("streamers_profile", read="true", write=owned_by("streamer_id")),
        protect("streamers_pick", read=owned_by("streamer_id")),
    ]
