"""Celery: how tasks are delivered, and the timetable of what begins by itself."""

from celery.schedules import crontab

from haowu import embedded
from haowu.settings.database import REDIS_URL
from haowu.settings.environment import HOME, env

CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # what they do stands in PostgreSQL, not in Redis
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task that takes longer runs twice at once: one turn at a night, a shard or closing begun at its end.
    "visibility_timeout": env.int("BROKER_VISIBILITY_SECONDS", default=600),
    # Looked at every second rather than every 100: a lost worker's tasks come back when the time-out is over.
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 5,
    "socket_timeout": 30,  # a broker that vanished without a word
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is away, workers come back by themselves
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "settle-the-night": {"task": "commissions.tasks.settle_night", "schedule": crontab(hour=2, minute=0)},
    # Expires: where all workers are busy, what was swept meanwhile would only queue up before other tasks.
    "link-trail": {"task": "haowu.approvals.tasks.link_trail", "schedule": 60.0},
    "mail-notices": {"task": "haowu.approvals.tasks.mail_notices", "schedule": 300.0, "options": {"expires": 300}},
    "sweep": {"task": "commissions.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "release-expired": {"task": "commissions.tasks.release_expired", "schedule": 60.0},
    "pull-stock": {"task": "bases.tasks.pull_due", "schedule": 60.0},
    "apply-stock": {"task": "bases.tasks.apply_waiting", "schedule": 60.0},
    "listing-in-step": {"task": "streamers.tasks.catch_up", "schedule": 2.0, "options": {"expires": 2}},
    # Clicks wait in Redis: what it forgets when it dies is what it held since the last time.
    "store-clicks": {"task": "streamers.tasks.store_clicks", "schedule": 1.0, "options": {"expires": 1}},
    "keep-up-clicks": {"task": "streamers.tasks.keep_up_clicks", "schedule": crontab(hour=0, minute=2)},
    "count-sales": {"task": "commissions.tasks.count_sales", "schedule": crontab(hour=5, minute=10)},
    "write-looks": {"task": "streamers.tasks.write_looks", "schedule": 60.0, "options": {"expires": 60}},
    "forget-uploads": {"task": "merchants.tasks.forget_uploads", "schedule": crontab(hour=4, minute=40)},
    "count-words": {"task": "streamers.tasks.count_words", "schedule": crontab(hour=5, minute=30)},
    # Asked for again: a training that a lost worker left is begun anew; once the day's is done nothing happens.
    "train-matching": {"task": "streamers.tasks.train_matching", "schedule": crontab(hour="5-8", minute="40,55")},
    "serve-shortages": {"task": "bases.tasks.serve_waiting", "schedule": 60.0},
    "agree-quiet-requests": {"task": "commissions.tasks.agree_quiet_requests", "schedule": 600.0},
    # Daily, though only the 1st and the 15th find something to do: what a lost day left is done on the next.
    "judge-leaders": {"task": "commissions.tasks.judge_leaders", "schedule": crontab(hour=4, minute=0)},
    "revoke-permissions": {"task": "commissions.tasks.revoke_permissions", "schedule": crontab(hour=0, minute=5)},
    "count-leaders": {"task": "commissions.tasks.count_leaders", "schedule": crontab(minute=15)},
    "forget": {"task": "haowu.partners.tasks.forget", "schedule": crontab(hour=5, minute=0)},
    "prune-quarantine": {"task": "bases.tasks.prune_rows", "schedule": crontab(hour=5, minute=10)},
    "make-posting-partitions": {
        "task": "haowu.ledger.tasks.make_posting_partitions",
        "schedule": crontab(hour=1, minute=10),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "celerybeat-schedule")
