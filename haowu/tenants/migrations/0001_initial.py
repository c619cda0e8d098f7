"""Users, tenants, memberships, personal data."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import haowu.tenants.models
from django.conf import settings
from django.db import migrations, models

from haowu.tenants.migrations._guards import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        Together(
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='邮箱')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': '用户',
                    'verbose_name_plural': '用户',
                },
                managers=[
                    ('objects', django.contrib.auth.models.UserManager()),
                ],
            ),
            migrations.CreateModel(
                name='Tenant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('merchant', '商家'), ('streamer', '达人'), ('tuanzhang', '招商团长'), ('base', '供应链基地'), ('provider', '服务商'), ('partner', '合作系统'), ('platform', '平台')], max_length=12, verbose_name='类型')),
                    ('code', models.CharField(help_text='平台内同类租户唯一', max_length=64, verbose_name='编号')),
                    ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                    ('name', models.CharField(max_length=120, verbose_name='名称')),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ],
                options={
                    'verbose_name': '租户',
                    'verbose_name_plural': '租户',
                    'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='tenant_kind_code_unique'), models.CheckConstraint(condition=models.Q(('kind__in', ['merchant', 'streamer', 'tuanzhang', 'base', 'provider', 'partner', 'platform'])), name='tenant_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('owner', '所有者'), ('operator', '运营'), ('finance', '财务'), ('viewer', '只读')], max_length=10, verbose_name='角色')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                    ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='tenants.tenant', verbose_name='租户')),
                ],
                options={
                    'verbose_name': '成员',
                    'verbose_name_plural': '成员',
                    'constraints': [models.UniqueConstraint(fields=('user', 'tenant'), name='membership_user_tenant_unique')],
                },
            ),
            migrations.CreateModel(
                name='BuyerIdentity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('buyer_ref', models.CharField(max_length=64, verbose_name='买家号')),
                    ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buyer_identities', to='tenants.tenant', verbose_name='租户')),
                ],
                options={
                    'verbose_name': '本人买家号',
                    'verbose_name_plural': '本人买家号',
                    'constraints': [models.UniqueConstraint(fields=('tenant', 'buyer_ref'), name='buyer_identity_unique')],
                },
            ),
            migrations.CreateModel(
                name='PersonalRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('bank_account', '收款账户'), ('identity', '身份证件')], max_length=12, verbose_name='类型')),
                    ('masked', models.CharField(max_length=120, verbose_name='资料（已脱敏）')),
                    ('key_id', models.CharField(db_index=True, max_length=32, verbose_name='密钥编号')),
                    ('sealed', models.BinaryField(verbose_name='密文')),
                    ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                    ('retired_at', models.DateTimeField(null=True, verbose_name='停用时间')),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                    ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='personal_records', to='tenants.tenant', verbose_name='租户')),
                ],
                options={
                    'verbose_name': '个人资料',
                    'verbose_name_plural': '个人资料',
                    'permissions': [('reveal_personalrecord', '可查看完整个人资料')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('tenant', 'kind'), name='personal_record_one_current'), models.CheckConstraint(condition=models.Q(('kind__in', ['bank_account', 'identity'])), name='personal_record_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='PersonalDataAccess',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('who', models.CharField(max_length=150, verbose_name='查看人')),
                    ('reason', models.CharField(max_length=200, verbose_name='原因')),
                    ('at', models.DateTimeField(verbose_name='时间')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                    ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='租户')),
                    ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='tenants.personalrecord', verbose_name='个人资料')),
                ],
                options={
                    'verbose_name': '个人资料访问日志',
                    'verbose_name_plural': '个人资料访问日志',
                },
            ),
        ),
    ]
