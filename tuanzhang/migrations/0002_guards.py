"""Who may read and write what; judged levels are never changed; the first policy of levels, as the rulebook has it."""

from datetime import date

from django.db import migrations

from haowu.tenants.migrations._guards import TENANT_ID, append_only, owned_by, protect, sql

OWN_ACTIVITIES = f"activity_id IN (SELECT id FROM tuanzhang_activity WHERE leader_id = {TENANT_ID})"
NAMED = f"id IN (SELECT recommendation_id FROM tuanzhang_recipient WHERE streamer_id = {TENANT_ID})"
LISTED = f"""
EXISTS (SELECT 1 FROM tuanzhang_enrolment AS item JOIN tuanzhang_activity AS activity ON activity.id = item.activity_id
    WHERE item.id = tuanzhang_enrolmentrate.enrolment_id AND item.status = 'passed'
      AND (activity.type = 'normal' OR EXISTS (SELECT 1 FROM tuanzhang_listedstreamer AS listed
          WHERE listed.activity_id = activity.id AND listed.streamer_id = {TENANT_ID})))
"""

ACTIVITIES = (
    protect("tuanzhang_activity", read=f"status = 'published' OR {owned_by('leader_id')}", write=owned_by("leader_id")),
    # Seen with its activity: the subquery is bound by the activity's own policy.
    protect(
        "tuanzhang_activityminimum", read="activity_id IN (SELECT id FROM tuanzhang_activity)", write=OWN_ACTIVITIES
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
        read=f"{owned_by('leader_id', 'merchant_id')} OR {LISTED}",
        write=owned_by("leader_id", "merchant_id"),
    ),
    protect("tuanzhang_changerequest", read=owned_by("leader_id", "merchant_id")),
    # Figures that merchants weigh leaders by; the floors above write them.
    protect("tuanzhang_leaderfigures", read="true", write="false"),
    protect("tuanzhang_secondlevel", read=owned_by("first_leader_id", "second_leader_id")),
)

RECOMMENDATIONS = (
    protect("tuanzhang_streamergroup", read=owned_by("leader_id")),
    protect("tuanzhang_groupmember", read=owned_by("leader_id")),
    protect("tuanzhang_goodsrequest", read=owned_by("streamer_id", "leader_id")),
    # A streamer who could write a row of theirs here could name themselves; looks are written by the platform.
    protect("tuanzhang_recipient", read=owned_by("leader_id", "streamer_id"), write=owned_by("leader_id")),
    protect(
        "tuanzhang_recommendation",
        read=f"audience = 'all' OR {owned_by('leader_id')} OR {NAMED}",
        write=owned_by("leader_id"),
    ),
    # Seen with its recommendation: the subquery is bound by that one's own policy.
    protect(
        "tuanzhang_recommendeditem",
        read="recommendation_id IN (SELECT id FROM tuanzhang_recommendation)",
        write=owned_by("leader_id"),
    ),
)

LEVELS = (
    protect("tuanzhang_levelpolicy", read="true", write="false"),
    *(
        protect(f"tuanzhang_{table}", read=owned_by("leader_id"), write="false")
        for table in ("quarterlevel", "monthlyassessment", "knownpartner", "revocation", "readmission", "appeal")
    ),
    append_only("tuanzhang_quarterlevel"),
    append_only("tuanzhang_monthlyassessment"),
)


def create_first_policy(apps, schema_editor):
    policies = apps.get_model("tuanzhang", "LevelPolicy").objects.using(schema_editor.connection.alias)
    policies.get_or_create(effective_from=date(1970, 1, 1), defaults={"note": "平台规则第一版"})


class Migration(migrations.Migration):
    dependencies = [("tuanzhang", "0001_initial"), ("tenants", "0002_platform_and_guards")]

    operations = [
        sql(*ACTIVITIES, *RECOMMENDATIONS, *LEVELS),
        migrations.RunPython(create_first_policy, migrations.RunPython.noop),
    ]
