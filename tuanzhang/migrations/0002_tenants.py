"""What is published is public; drafts, waiting enrolments and requests are between leader and merchant."""

from django.db import migrations

from haowu.tenants.policies import TENANT_ID, owned_by, protect

OWN_ACTIVITIES = f"activity_id IN (SELECT id FROM tuanzhang_activity WHERE leader_id = {TENANT_ID})"


class Migration(migrations.Migration):
    dependencies = [("tuanzhang", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        protect("tuanzhang_activity", read=f"status = 'published' OR {owned_by('leader_id')}", write=owned_by("leader_id")),
        # Seen with its activity: the subquery is bound by the activity's own policy.
        protect(
            "tuanzhang_activityminimum",
            read="activity_id IN (SELECT id FROM tuanzhang_activity)",
            write=OWN_ACTIVITIES,
        ),
        protect("tuanzhang_listedstreamer", read=owned_by("leader_id", "streamer_id"), write=owned_by("leader_id")),
        protect("tuanzhang_allowedpartner", read=owned_by("leader_id", "partner_id"), write=owned_by("leader_id")),
        # That goods run in an activity is public; what waits, was refused or taken back is not.
        protect(
            "tuanzhang_enrolment",
            read=f"status = 'passed' OR {owned_by('leader_id', 'merchant_id')}",
            write=owned_by("leader_id", "merchant_id"),
        ),
        # Rates of a normal activity are for everybody, of an exclusive one for those whom it lists.
        protect(
            "tuanzhang_enrolmentrate",
            read=owned_by("leader_id", "merchant_id")
            + " OR EXISTS (SELECT 1 FROM tuanzhang_enrolment AS item JOIN tuanzhang_activity AS activity"
            " ON activity.id = item.activity_id WHERE item.id = tuanzhang_enrolmentrate.enrolment_id"
            " AND item.status = 'passed' AND (activity.type = 'normal' OR EXISTS (SELECT 1 FROM tuanzhang_listedstreamer"
            f" AS listed WHERE listed.activity_id = activity.id AND listed.streamer_id = {TENANT_ID})))",
            write=owned_by("leader_id", "merchant_id"),
        ),
        protect("tuanzhang_changerequest", read=owned_by("leader_id", "merchant_id")),
        # Figures that merchants weigh leaders by; the floors above write them.
        protect("tuanzhang_leaderfigures", read="true", write="false"),
        protect("tuanzhang_secondlevel", read=owned_by("first_leader_id", "second_leader_id")),
    ]
