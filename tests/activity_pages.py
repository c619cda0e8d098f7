"""An activity that its leader opens through the console."""

from tuanzhang.models import Activity

FORM = {
    "type": "normal", "title": "夏季好物", "begins_at": "2024-06-21T00:00", "ends_at": "2024-07-01T00:00",
    "commission_bps": "5", "service_fee_bps": "1", "joining": "all", "streamers": "", "partners": "",
    "minimums-TOTAL_FORMS": "0", "minimums-INITIAL_FORMS": "0",
}  # fmt: skip


def opened(client) -> Activity:
    client.post("/activities/new/", FORM)
    activity = Activity.objects.get()
    client.post(f"/activities/{activity.public_id}/publication/")
    activity.refresh_from_db()
    return activity
