"""Tables of products that merchants sent, each its merchant's own."""

import django.db.models.deletion
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.migrations._guards import owned_by, protect, sql


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0006_shop_scores'),
        ('tenants', '0005_views_of_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('rows', models.PositiveIntegerField(verbose_name='行数')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='最近导入时间')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant', verbose_name='商家')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '商品导入文件',
                'verbose_name_plural': '商品导入文件',
                'indexes': [models.Index(fields=['merchant', '-uploaded_at'], name='product_upload_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('applied_at__isnull', True), ('applied_at__gte', models.F('uploaded_at')), _connector='OR'), name='product_upload_applied_later')],
            },
        ),
        sql(protect("merchants_productupload", read=owned_by("merchant_id"))),
    ]
