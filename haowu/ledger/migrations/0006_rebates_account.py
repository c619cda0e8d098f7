"""An account for what the platform pays leaders as rebates, so that revenue stays what tech fees come to."""

from django.db import migrations, models

MAY = "'debt', 'clearing', 'revenue', 'external', 'correction'"
MAY_NOT = "'available', 'frozen', 'withdrawing', 'paid', 'funding', 'receivable'"
BEFORE = f"kind IN ({MAY}) AND may_go_negative OR kind IN ({MAY_NOT}) AND NOT may_go_negative"
AFTER = f"kind IN ({MAY}, 'rebates') AND may_go_negative OR kind IN ({MAY_NOT}) AND NOT may_go_negative"


def signs(rule: str) -> str:
    """Not yet weighed against the rows there are: that is the second step, which lets others write meanwhile."""
    return f"""
    ALTER TABLE ledger_account DROP CONSTRAINT account_kind_fixes_sign,
        ADD CONSTRAINT account_kind_fixes_sign CHECK ({rule}) NOT VALID;
    """


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0005_fewer_indexes"), ("tenants", "0003_personal_data")]

    operations = [
        migrations.AlterField(
            "account",
            "kind",
            models.CharField(
                choices=[
                    ("available", "可提现"), ("frozen", "冻结"), ("withdrawing", "提现中"), ("paid", "已提现"),
                    ("debt", "欠款"), ("funding", "佣金账户"), ("receivable", "待返还追回款"), ("clearing", "清分过渡"),
                    ("revenue", "平台技术服务费"), ("external", "订单货款（外部）"), ("correction", "差错调整"),
                    ("rebates", "平台返点支出"),
                ],
                max_length=12,
                verbose_name="账户",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(signs(AFTER), signs(BEFORE))],
            state_operations=[
                migrations.RemoveConstraint("account", "account_kind_fixes_sign"),
                migrations.AddConstraint(
                    "account",
                    models.CheckConstraint(
                        condition=models.Q(
                            kind__in=["debt", "clearing", "revenue", "external", "correction", "rebates"],
                            may_go_negative=True,
                        )
                        | models.Q(
                            kind__in=["available", "frozen", "withdrawing", "paid", "funding", "receivable"],
                            may_go_negative=False,
                        ),
                        name="account_kind_fixes_sign",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE ledger_account VALIDATE CONSTRAINT account_kind_fixes_sign", migrations.RunSQL.noop
        ),
    ]
