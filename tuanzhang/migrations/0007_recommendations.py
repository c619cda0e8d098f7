"""What leaders recommend, to whom, and what streamers ask them for."""

import django.db.models.deletion
import haowu.ground.states
import haowu.tenants.models
from django.db import migrations, models

from haowu.tenants.policies import TENANT_ID, owned_by, protect

NAMED = f"id IN (SELECT recommendation_id FROM tuanzhang_recipient WHERE streamer_id = {TENANT_ID})"


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0008_delistings'),
        ('tenants', '0003_personal_data'),
        ('tuanzhang', '0004_levels_tenants'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoodsRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('wish', models.CharField(max_length=500, verbose_name='想要的商品')),
                ('price_to_fen', models.BigIntegerField(blank=True, null=True, verbose_name='价格不超过（分）')),
                ('status', models.CharField(choices=[('open', '待团长答复'), ('answered', '已推荐'), ('declined', '已婉拒'), ('withdrawn', '已撤回')], default='open', editable=False, max_length=9, verbose_name='状态')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='答复时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='婉拒原因')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.category', verbose_name='类目')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
            ],
            options={
                'verbose_name': '达人要货',
                'verbose_name_plural': '达人要货',
            },
            bases=(haowu.ground.states.HasStates, models.Model),
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('audience', models.CharField(choices=[('named', '指定的达人'), ('all', '所有达人')], max_length=5, verbose_name='推荐给')),
                ('note', models.CharField(max_length=500, verbose_name='推荐语')),
                ('recommended_at', models.DateTimeField(verbose_name='推荐时间')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='撤下时间')),
                ('answers', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recommendation', to='tuanzhang.goodsrequest', verbose_name='答复的要货')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
            ],
            options={
                'verbose_name': '团长推荐',
                'verbose_name_plural': '团长推荐',
            },
        ),
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='首次查看')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='tuanzhang.recommendation', verbose_name='团长推荐')),
            ],
            options={
                'verbose_name': '推荐对象',
                'verbose_name_plural': '推荐对象',
            },
        ),
        migrations.CreateModel(
            name='RecommendedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(verbose_name='次序')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tuanzhang.enrolment', verbose_name='报名')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='tuanzhang.recommendation', verbose_name='团长推荐')),
            ],
            options={
                'verbose_name': '推荐的商品',
                'verbose_name_plural': '推荐的商品',
                'ordering': ['place'],
            },
        ),
        migrations.CreateModel(
            name='StreamerGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('public_id', models.CharField(default=haowu.tenants.models.public_id, editable=False, max_length=16, unique=True, verbose_name='公开编号')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
            ],
            options={
                'verbose_name': '达人分组',
                'verbose_name_plural': '达人分组',
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='团长')),
                ('streamer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant', verbose_name='达人')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='tuanzhang.streamergroup', verbose_name='达人分组')),
            ],
            options={
                'verbose_name': '分组成员',
                'verbose_name_plural': '分组成员',
            },
        ),
        migrations.AddIndex(
            model_name='goodsrequest',
            index=models.Index(fields=['leader', 'status', 'asked_at'], name='goods_request_queue'),
        ),
        migrations.AddConstraint(
            model_name='goodsrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('streamer', 'leader'), name='goods_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='goodsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('status', 'open')), models.Q(('answered_at__isnull', False), ('status__in', ['answered', 'declined', 'withdrawn'])), _connector='OR'), name='goods_request_status_known'),
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(fields=['leader', '-recommended_at'], name='recommendation_of_leader'),
        ),
        migrations.AddIndex(
            model_name='recommendation',
            index=models.Index(condition=models.Q(('audience', 'all'), ('ended_at__isnull', True)), fields=['-recommended_at'], name='recommendation_to_all'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['named', 'all'])), name='recommendation_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='recommendation',
            constraint=models.CheckConstraint(condition=models.Q(('answers__isnull', True), ('audience', 'named'), _connector='OR'), name='recommendation_answer_is_to_one'),
        ),
        migrations.AddConstraint(
            model_name='recipient',
            constraint=models.UniqueConstraint(fields=('recommendation', 'streamer'), name='recipient_once'),
        ),
        migrations.AddConstraint(
            model_name='recommendeditem',
            constraint=models.UniqueConstraint(fields=('recommendation', 'place'), name='recommended_place_once'),
        ),
        migrations.AddConstraint(
            model_name='recommendeditem',
            constraint=models.UniqueConstraint(fields=('recommendation', 'enrolment'), name='recommended_item_once'),
        ),
        migrations.AddConstraint(
            model_name='streamergroup',
            constraint=models.UniqueConstraint(fields=('leader', 'name'), name='streamer_group_name_once'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.UniqueConstraint(fields=('group', 'streamer'), name='group_member_once'),
        ),
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
    ]
