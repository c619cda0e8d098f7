"""What a night writes most is written without what others cover: no second index, no foreign key that queues a check.

Half of each page of accounts stays free, so that a balance is carried without touching an index. Seen with 500,000
rows: one index costs a posting or a daily balance as much as its row.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_agency_fee"), ("tenants", "0002_platform_and_guards")]

    operations = [
        migrations.AlterField(
            "account",
            "owner",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="accounts",
                to="tenants.tenant", verbose_name="所有者",
            ),
        ),
        migrations.AlterField(
            "dailybalance",
            "account",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="days",
                to="ledger.account", verbose_name="账户",
            ),
        ),
        migrations.AlterField(
            "posting",
            "from_account",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="outgoing", to="ledger.account", verbose_name="付出账户",
            ),
        ),
        migrations.AlterField(
            "posting",
            "to_account",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="incoming", to="ledger.account", verbose_name="收入账户",
            ),
        ),
        migrations.AlterField("posting", "reference", models.CharField(max_length=80, verbose_name="唯一凭证")),
        migrations.AddConstraint(
            "posting", models.UniqueConstraint(fields=["reference"], name="posting_happens_once")
        ),
        migrations.AddIndex("posting", models.Index(fields=["from_account", "day"], name="posting_from_day")),
        migrations.AddIndex("posting", models.Index(fields=["to_account", "day"], name="posting_to_day")),
        migrations.RunSQL(
            "ALTER TABLE ledger_account SET (fillfactor = 50)", "ALTER TABLE ledger_account RESET (fillfactor)"
        ),
    ]
