"""Brands stand with the bases that introduce them; products point down at them. Names that are one brand become one."""

import re
import unicodedata

import django.db.models.deletion
from django.db import migrations, models


def normal_name(name):
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def carry_down(apps, schema_editor):
    alias = schema_editor.connection.alias
    new = apps.get_model("bases", "Brand").objects.using(alias)
    products = apps.get_model("merchants", "Product").objects.using(alias)
    for old in apps.get_model("merchants", "Brand").objects.using(alias).order_by("pk"):
        name = normal_name(old.name) or normal_name(old.code) or f"brand{old.pk}"
        brand, _ = new.get_or_create(normal_name=name, defaults={"code": old.code, "name": old.name})
        products.filter(brand_before=old.pk).update(brand=brand)


def carry_up(apps, schema_editor):
    alias = schema_editor.connection.alias
    old = apps.get_model("merchants", "Brand").objects.using(alias)
    products = apps.get_model("merchants", "Product").objects.using(alias)
    for brand in apps.get_model("bases", "Brand").objects.using(alias).order_by("pk"):
        before = old.create(code=brand.code, name=brand.name)
        products.filter(brand=brand.pk).update(brand_before=before)


class Migration(migrations.Migration):
    dependencies = [("bases", "0002_first_policy_and_guards"), ("merchants", "0008_delistings")]

    operations = [
        migrations.RenameField("product", "brand", "brand_before"),
        migrations.AddField(
            "product",
            "brand",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="bases.brand",
                verbose_name="品牌",
            ),
        ),
        migrations.RunPython(carry_down, carry_up),
        # What was carried waits for its checks of foreign keys; the column cannot go before them.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveField("product", "brand_before"),
        migrations.DeleteModel("Brand"),
    ]
