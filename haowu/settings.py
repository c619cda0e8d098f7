"""Settings, all of them from the environment; with none set, a private development house under HAOWU_HOME.

DATABASE_URL        the owner's connection: creates roles, migrates. Never through a pooler. Embedded PostgreSQL when
                    unset.
DATABASE_APP_URL    the application's own login, ``haowu_app``. When unset, the owner's login drops to that role
                    as it connects, so row-level security binds either way.
DATABASE_JOBS_URL   the login of commands and workers, ``haowu_jobs``, whose role carries the platform's scope. When
                    unset, they use the application's and ask for the scope as they connect, which no pooler passes
                    on: behind one (PgBouncer) set both.
REDIS_URL           broker and cache. Embedded Redis when unset.
DATA_KEYS           ``id:base64,…`` (32 bytes each): seal bank accounts and identity numbers; the first is current
                    (see haowu.tenants.sealing). A key of its own for the embedded PostgreSQL when unset.
TOP_UP_ACCOUNT      the platform's own bank account, shown to merchants who pay commission from a deposit.
LOG_FORMAT          ``json`` or ``line``; see LOGGING. LOG_LEVEL: from which level on, ``WARNING`` by default.
DJANGO_BEHIND_PROXY ``true`` where every request comes through a proxy of ours that writes X-Forwarded-Proto and
                    X-Forwarded-For, and only there (docs/operating.md).
DJANGO_PROXIES      how many of them stand in a row, 1 when unset.
STAFF_SECOND_STEP   ``false`` lets staff into the admin with a password alone: in development, where everybody knows it.
HAOWU_SCOPE         ``platform`` for commands and workers, unset for the web (see haowu.tenants.scope).
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from haowu import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DJANGO_DEBUG", default=False)
HOME = embedded.home()
DEVELOPMENT = embedded.in_use()
SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or embedded.secret_key()
DATA_KEYS = env.str("DATA_KEYS", default="") or embedded.data_keys()
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "haowu.approvals.staff_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_cotton",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "haowu",
    "haowu.web",
    "haowu.tenants",
    "haowu.approvals",
    "haowu.partners",
    "haowu.ledger",
    "haowu.analytics",
    "bases",
    "merchants",
    "tuanzhang",
    "streamers",
    "commissions",
]

MIDDLEWARE = [
    "haowu.web.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "haowu.web.privacy.PrivateAnswers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "haowu.web.middleware.AddressMiddleware",  # in the reader's language, before a cookie or a path is looked up
    "django.contrib.sessions.middleware.SessionMiddleware",
    "haowu.web.chunks.ChunkedBodies",
    "django.middleware.common.CommonMiddleware",
    "haowu.web.bodies.BodyLimits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "haowu.tenants.middleware.TenantScopeMiddleware",
    "haowu.approvals.middleware.ActorMiddleware",
    "streamers.centre.sync.ListingInStep",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "haowu.urls"
WSGI_APPLICATION = "haowu.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "haowu" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "haowu.web.menus.of_request",
                "haowu.approvals.bell.of_request",
                "commissions.payments.deposit.of_request",
            ],
        },
    },
]


def _database(url: str, *options: str) -> dict:
    """A connection to ``url`` with PostgreSQL start-up ``options`` such as ``role=haowu_app``."""
    config = env.db_url_config(url)
    config["HOST"] = config.setdefault("OPTIONS", {}).pop("host", config["HOST"])  # a socket's directory is ?host=
    if options:
        config["OPTIONS"]["options"] = " ".join(f"-c {option}" for option in options)
    config["CONN_MAX_AGE"] = env.int("DB_CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    return config


_OWNER_URL = env.str("DATABASE_URL", default="") or embedded.database_url("owner")
_APP_URL = env.str("DATABASE_APP_URL", default="") or (
    embedded.database_url("app") if not env.str("DATABASE_URL", default="") else ""
)
_JOBS_URL = env.str("DATABASE_JOBS_URL", default="") or (
    embedded.database_url("jobs") if not env.str("DATABASE_URL", default="") else ""
)


HAOWU_SCOPE = env.str("HAOWU_SCOPE", default="")


def _default_database(scope: str) -> dict:
    """As whom this process signs in. What its role does not say it asks for as it connects.

    The owner's login carries the platform's scope, which must not reach a web process that borrows it: said even empty.
    """
    if scope == "platform" and _JOBS_URL:
        return _database(_JOBS_URL)
    if not _APP_URL:
        return _database(_OWNER_URL, "role=haowu_app", f"app.tenant={scope}")
    return _database(_APP_URL, *([f"app.tenant={scope}"] if scope else []))


DATABASES = {
    "default": _default_database(HAOWU_SCOPE),
    "owner": _database(_OWNER_URL, "app.tenant=platform"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

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
    "count-sales": {"task": "commissions.tasks.count_sales", "schedule": crontab(hour=5, minute=10)},
    "forget-uploads": {"task": "merchants.tasks.forget_uploads", "schedule": crontab(hour=4, minute=40)},
    "count-words": {"task": "streamers.tasks.count_words", "schedule": crontab(hour=5, minute=30)},
    "serve-shortages": {"task": "bases.tasks.serve_waiting", "schedule": 60.0},
    "agree-quiet-requests": {"task": "commissions.tasks.agree_quiet_requests", "schedule": 600.0},
    # Daily, though only the 1st and the 15th find something to do: what a lost day left is done on the next.
    "judge-leaders": {"task": "commissions.tasks.judge_leaders", "schedule": crontab(hour=4, minute=0)},
    "withdraw-permissions": {"task": "commissions.tasks.withdraw_permissions", "schedule": crontab(hour=0, minute=5)},
    "count-leaders": {"task": "commissions.tasks.count_leaders", "schedule": crontab(minute=15)},
    "forget": {"task": "haowu.partners.tasks.forget", "schedule": crontab(hour=5, minute=0)},
    "prune-quarantine": {"task": "bases.tasks.prune_rows", "schedule": crontab(hour=5, minute=10)},
    "make-posting-partitions": {
        "task": "haowu.ledger.tasks.make_posting_partitions",
        "schedule": crontab(hour=1, minute=10),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "celerybeat-schedule")

ARCHIVE = env.str("ARCHIVE", default=str(HOME / "archive"))
"""Where closed nights are kept as Parquet files (haowu.analytics.archive)."""
NIGHT_SHARD_LINES = env.int("NIGHT_SHARD_LINES", default=50_000)
"""Lines that one worker settles in one transaction; a shard should take seconds, not minutes."""
NIGHT_LARGE_LINES = env.int("NIGHT_LARGE_LINES", default=100_000)
"""From so many lines on, a night's settlement rows have a partition of their own (commissions.nights.partitions)."""
NIGHT_LEASE_SECONDS = env.int("NIGHT_LEASE_SECONDS", default=90)
"""How long a shard stays with a worker that gives no sign of life."""

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
STAFF_SECOND_STEP = env.bool("STAFF_SECOND_STEP", default=not DEVELOPMENT)
"""Whether staff give a code of their authenticator before the admin opens (haowu.tenants.second_step)."""
OTP_TOTP_ISSUER = "好物联盟"
AXES_HANDLER = "haowu.tenants.sign_in.SignInTries"
AXES_LOCKOUT_CALLABLE = "haowu.tenants.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "haowu.web.addresses.client_address"
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" if DEVELOPMENT else BASE_DIR / "staticfiles"
if DEVELOPMENT:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "haowu" / "web" / "static", BASE_DIR / "haowu" / "web" / "frontend" / "dist"]
_COLLECTED = env.bool("STATIC_COLLECTED", default=not DEVELOPMENT)
"""Whether ``collectstatic`` has been run: files are served hashed and compressed then, else from where they lie."""
WHITENOISE_USE_FINDERS = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
_HTTPS = env.bool("DJANGO_HTTPS", default=not DEVELOPMENT)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
_BEHIND_PROXY = env.bool("DJANGO_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_PROXY else None
PROXIES = env.int("DJANGO_PROXIES", default=1) if _BEHIND_PROXY else 0
"""Proxies of ours that append the caller to X-Forwarded-For (haowu.web.addresses)."""
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
vars().update(env.email_url("EMAIL_URL", default=f"filemail://{HOME / 'mail'}"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="好物联盟 <notices@localhost>")
"""Mails lie in the home as files unless ``EMAIL_URL`` names a server: smtp+tls://user:password@host:587."""
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(HOME / "media"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
BODY_LIMITS = {
    "token": 64 * 1024,
    "sign-in": 64 * 1024,
    "admin:login": 64 * 1024,
    "base-upload": 101 * 1024 * 1024,
    "import-products": 6 * 1024 * 1024,
}
"""Bytes of a request by the name of its route, files included; DATA_UPLOAD_MAX_MEMORY_SIZE for all others."""

OAUTH2_PROVIDER_APPLICATION_MODEL = "partners.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "order-events:write": _("推送订单事件"),
        "order-events:read": _("查看订单事件的处理结果"),
        "products:read": _("查看类目和自己的商品"),
        "products:write": _("新建、修改、上架与下架商品"),
        "plans:read": _("查看自己的推广计划"),
        "plans:write": _("开设、结束推广计划，修改佣金率"),
        "orders:read": _("查看订单"),
        "statements:read": _("查看对账单"),
        "stock:write": _("上报库存"),
        "stock:read": _("查看库存与上报结果"),
        "brands:write": _("引进品牌"),
        "brands:read": _("查看品牌库与引进结果"),
        "consents:write": _("同意基地存放自己的货，与撤回"),
        "consents:read": _("查看商家与基地的合作"),
        "activities:read": _("查看招商活动与二级合作"),
        "activities:write": _("管理招商活动与二级合作"),
        "enrolments:read": _("查看活动报名与变更申请"),
        "enrolments:write": _("报名、审核、申请变更与答复"),
        "levels:read": _("查看等级、考核与返点"),
        "earnings:read": _("查看余额与提现"),
        "withdrawals:write": _("申请与取消提现"),
        "selection:read": _("在选品中心找商品"),
        "trail:read": _("查看操作记录"),
    },
    "APPLICATION_ADMIN_CLASS": "haowu.partners.admin.ApiClientAdmin",
    "SCOPES_BACKEND_CLASS": "haowu.partners.oauth.ClientScopes",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",  # client credentials and no other grant
    "OAUTH2_BACKEND_CLASS": "haowu.partners.oauth.HeaderTokens",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # hashed
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,  # never in the address
    # Of grants that the server class does not offer at all; said so that ``check --deploy`` need not wonder.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
LIMITS = {
    "requests": (env.int("API_REQUESTS_PER_MINUTE", default=600), 60),
    "tokens": (env.int("API_TOKENS_PER_MINUTE", default=30), 60),
    "token-tries": (10, 60),
    "token-tries-of-address": (30, 60),
    "wrong-tokens": (60, 60),
    "sign-in-tries": (8, 15 * 60),
    "sign-in-tries-of-address": (60, 60 * 60),
    "second-step-tries": (8, 15 * 60),
    "second-step-tries-of-address": (60, 60 * 60),
}
"""``{name: (times, seconds)}``. For each API client: requests, tokens. For each address: the tokens that are none; and
failed tries to get one or to sign in, for an address with the name it gave and, as ``-of-address``, with any name."""
IDEMPOTENCY_DAYS = 30
DEMO_LOGINS = env.json("DEMO_LOGINS", default=[]) if DEVELOPMENT else []
"""``[{username, password, role, task, path}]`` that the sign-in page offers. Set by the demo alone, for its own web."""
TOP_UP_ACCOUNT = env.str("TOP_UP_ACCOUNT", default="")
"""Where merchants pay in, as one line for people: holder, bank, number. Unset: the page says whom to ask."""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["haowu.web.formats.PrudentJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["haowu.web.formats.PrudentJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["haowu.partners.access.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["haowu.partners.access.MayCall"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "haowu.web.problems.respond",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "好物联盟 Partner API",
    "VERSION": "1.0.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth/token/",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "PlanType": "merchants.models.Plan.Type",
        "OrderStatus": "commissions.models.OrderLine.Status",
        "EventVerdict": "commissions.models.OrderEvent.Verdict",
        "FeedKind": "bases.models.Feed.Kind",
        "FeedStatus": "bases.models.Feed.Status",
        "ConsentState": "bases.models.Consent.State",
        "IntroductionStatus": "bases.models.Introduction.Status",
        "StockRowStatus": ["accepted", "quarantined", "ignored"],
        "IntroducedStatus": ["submitted", "duplicate", "rejected"],
        "ReceiptStatus": ["accepted", "duplicate", "parked", "rejected"],
        "PhaseKind": ["settlement", "clawback"],
        "AccountKind": "haowu.ledger.models.Account.Kind",
        "WithdrawalStatus": "commissions.models.Withdrawal.Status",
        "PostingKind": "haowu.ledger.models.Posting.Kind",
        "TrailAct": "haowu.approvals.words.Act",
        "TrailSubject": "haowu.approvals.words.Subject",
        "TrailSide": ["own", "other", "platform", "system"],
        "ActivityType": "tuanzhang.models.Activity.Type",
        "Joining": "tuanzhang.models.Activity.Joining",
        "ChangeKind": "tuanzhang.models.ChangeRequest.Kind",
        "SecondLevelStatus": "tuanzhang.models.SecondLevel.Status",
        "ResultStatus": ["accepted", "rejected"],
        "Level": "tuanzhang.models.LevelLabel",
        "AssessmentOutcome": "tuanzhang.models.MonthlyAssessment.Outcome",
        "Shortfall": "tuanzhang.models.MonthlyAssessment.Shortfall",
        "RebateMode": "tuanzhang.models.LevelPolicy.RebateMode",
        "Permission": ["held", "noticed", "withdrawn", "gone"],
    },
}

LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEVELOPMENT else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "haowu.web.logs.WithRequestId"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"},
        "json": {"()": "haowu.web.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"haowu.approvals.chain": {"level": "INFO"}},
}
"""``LOG_FORMAT``: ``json`` (one object a line) outside of development, ``line`` there. No personal data in either."""
