"""Settlement rows in partitions by night: a large night has one of its own, small ones share a month.

A night writes into a partition that carries one key alone, and gets the indexes that pages need when it closes. The
application may not create tables, so two functions of the owner do it. What is there already is copied as it is.
"""

from django.db import migrations, models

from haowu.tenants.policies import append_only, owned_by, protect

PARTIES = ("merchant_id", "streamer_id", "first_leader_id", "second_leader_id", "provider_id", "agency_id")

PARENT = """
ALTER TABLE commissions_settlement RENAME TO commissions_settlement_before;
CREATE SEQUENCE commissions_settlement_row AS bigint CACHE 100;
CREATE TABLE commissions_settlement (
    LIKE commissions_settlement_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS
) PARTITION BY RANGE (day);
ALTER TABLE commissions_settlement ALTER id SET DEFAULT nextval('commissions_settlement_row');
ALTER TABLE commissions_settlement ADD CONSTRAINT settlement_once_a_night UNIQUE (line_id, phase, day, merchant_id);
CREATE INDEX settlement_id ON commissions_settlement USING brin (id);
GRANT USAGE, SELECT ON SEQUENCE commissions_settlement_row TO haowu_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON commissions_settlement TO haowu_app;
"""

FUNCTIONS = """
CREATE FUNCTION settlement_partition(night date, is_large boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part record; begins date; ends date; name text;
BEGIN
    SELECT * INTO part FROM settlement_partitions WHERE night >= from_day AND night < to_day;
    IF FOUND THEN RETURN part.name; END IF;
    SELECT * INTO part FROM settlement_partitions WHERE to_day <= night ORDER BY to_day DESC LIMIT 1;
    begins := night;
    IF is_large OR part.to_day - part.from_day = 1 THEN
        ends := night + 1;
    ELSE
        begins := greatest(part.to_day, date_trunc('month', night)::date);
        SELECT least(min(from_day), (date_trunc('month', night) + interval '1 month')::date) INTO ends
            FROM settlement_partitions WHERE from_day > night;
    END IF;
    name := 'commissions_settlement_' || to_char(begins, 'YYYYMMDD');
    EXECUTE format('CREATE TABLE %I (LIKE commissions_settlement INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (%s)', name,
        (SELECT qual FROM pg_policies WHERE tablename = 'commissions_settlement' AND policyname = 'readers'));
    EXECUTE format('CREATE POLICY inserts ON %I FOR INSERT WITH CHECK (%s)', name,
        (SELECT with_check FROM pg_policies WHERE tablename = 'commissions_settlement' AND policyname = 'inserts'));
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO haowu_app', name);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'haowu_backup') THEN
        EXECUTE format('GRANT SELECT ON %I TO haowu_backup', name);
    END IF;
    EXECUTE format('ALTER TABLE commissions_settlement ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, begins, ends);
    IF ends - begins > 1 THEN PERFORM index_settlements(night); END IF;
    RETURN name;
END $$;

CREATE FUNCTION index_settlements(night date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part record; party text;
BEGIN
    SELECT * INTO STRICT part FROM settlement_partitions WHERE night >= from_day AND night < to_day;
    IF EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = part.name AND indexname = part.name || '_merchant') THEN
        RETURN;
    END IF;
    FOREACH party IN ARRAY ARRAY['merchant', 'streamer', 'first_leader', 'second_leader', 'provider', 'agency'] LOOP
        EXECUTE format('CREATE INDEX %I ON %I (%I%s) WHERE %I IS NOT NULL', part.name || '_' || party, part.name,
            party || '_id', CASE WHEN part.to_day - part.from_day > 1 THEN ', day' ELSE '' END, party || '_id');
    END LOOP;
    EXECUTE format('ANALYZE %I', part.name);
END $$;
REVOKE ALL ON FUNCTION settlement_partition, index_settlements FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlement_partition, index_settlements TO haowu_app;
"""

PARTITIONS = """
CREATE VIEW settlement_partitions WITH (security_invoker = true) AS
SELECT child.relname::text AS name, split_part(bounds, '''', 2)::date AS from_day,
       split_part(bounds, '''', 4)::date AS to_day
FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(child.relpartbound, child.oid) AS bounds) AS told
WHERE inhparent = 'commissions_settlement'::regclass;
"""

COPY = """
SELECT settlement_partition(day, false) FROM (SELECT DISTINCT day FROM commissions_settlement_before ORDER BY 1) AS days;
INSERT INTO commissions_settlement SELECT * FROM commissions_settlement_before;
SELECT setval('commissions_settlement_row', (SELECT coalesce(max(id), 0) + 1 FROM commissions_settlement), false);
DROP TABLE commissions_settlement_before;
"""

BACK = """
ALTER TABLE commissions_settlement RENAME TO commissions_settlement_by_night;
CREATE TABLE commissions_settlement (LIKE commissions_settlement_by_night INCLUDING CONSTRAINTS);
ALTER TABLE commissions_settlement ALTER id ADD GENERATED BY DEFAULT AS IDENTITY, ADD PRIMARY KEY (id),
    ADD CONSTRAINT settlement_once_per_line_and_phase UNIQUE (line_id, phase);
INSERT INTO commissions_settlement SELECT * FROM commissions_settlement_by_night;
SELECT setval(pg_get_serial_sequence('commissions_settlement', 'id'),
    (SELECT coalesce(max(id), 0) + 1 FROM commissions_settlement), false);
DROP VIEW settlement_partitions; DROP FUNCTION settlement_partition; DROP FUNCTION index_settlements;
DROP TABLE commissions_settlement_by_night; DROP SEQUENCE commissions_settlement_row;
"""

ONCE = """
ALTER TABLE commissions_run ADD CONSTRAINT runs_never_overlap
    EXCLUDE USING gist (daterange(covers_after, day, '(]') WITH &&);
CREATE FUNCTION settled_line_keeps_its_night() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM commissions_settlement WHERE line_id = OLD.id AND day >= OLD.settles_on) THEN
        RAISE EXCEPTION 'order line % has settled: its night stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER settled_line_keeps_its_night AFTER UPDATE ON commissions_orderline FOR EACH ROW
WHEN (OLD.settles_on IS NOT NULL AND OLD.settles_on IS DISTINCT FROM NEW.settles_on)
EXECUTE FUNCTION settled_line_keeps_its_night();
"""
NOT_ONCE = """
DROP TRIGGER settled_line_keeps_its_night ON commissions_orderline; DROP FUNCTION settled_line_keeps_its_night();
ALTER TABLE commissions_run DROP CONSTRAINT runs_never_overlap;
"""


def _unindexed(label, related_name="+", to="tenants.tenant", null=False):
    return models.ForeignKey(
        to, models.PROTECT, db_constraint=False, db_index=False, null=null, related_name=related_name, verbose_name=label
    )


class Migration(migrations.Migration):
    dependencies = [("commissions", "0017_night_desk"), ("tenants", "0003_personal_data")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(PARENT, BACK),
                protect("commissions_settlement", read=owned_by(*PARTIES), write="false"),
                append_only("commissions_settlement"),
                migrations.RunSQL(PARTITIONS, migrations.RunSQL.noop),
                migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
                migrations.RunSQL(COPY, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.RemoveIndex("settlement", "settlement_merchant_day"),
                migrations.RemoveIndex("settlement", "settlement_streamer_day"),
                migrations.RemoveConstraint("settlement", "settlement_once_per_line_and_phase"),
                migrations.AddConstraint(
                    "settlement",
                    models.UniqueConstraint(
                        fields=["line", "phase", "day", "merchant"], name="settlement_once_a_night"
                    ),
                ),
                migrations.AlterField("settlement", "line", _unindexed("订单行", "settlements", "commissions.orderline")),
                migrations.AlterField("settlement", "merchant", _unindexed("商家")),
                migrations.AlterField("settlement", "streamer", _unindexed("达人", null=True)),
                migrations.AlterField("settlement", "first_leader", _unindexed("一级团长", null=True)),
                migrations.AlterField("settlement", "second_leader", _unindexed("二级团长", null=True)),
                migrations.AlterField("settlement", "provider", _unindexed("服务商", null=True)),
                migrations.AlterField("settlement", "agency", _unindexed("达人机构", null=True)),
            ],
        ),
        migrations.RunSQL(ONCE, NOT_ONCE),
    ]
