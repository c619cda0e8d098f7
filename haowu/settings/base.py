"""Apps, middleware, templates, languages."""

from django.utils.translation import gettext_lazy as _

from haowu.settings.environment import BASE_DIR

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
    "streamers.clicks.door.ClickDoor",
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

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
