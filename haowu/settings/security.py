"""Keys, sign-in, cookies, HTTPS, what a browser may load, and how often somebody may ask."""

from csp.constants import NONE, SELF

from haowu import embedded
from haowu.settings.environment import DEVELOPMENT, env

SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="") or embedded.secret_key()
DATA_KEYS = env.str("DATA_KEYS", default="") or embedded.data_keys()
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "haowu.tenants.members.MemberBackend"]
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

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
BODY_LIMITS = {
    "token": 64 * 1024,
    "sign-in": 64 * 1024,
    "admin:login": 64 * 1024,
    "base-upload": 101 * 1024 * 1024,
    "import-products": 6 * 1024 * 1024,
}
"""Bytes of a request by the name of its route, files included; DATA_UPLOAD_MAX_MEMORY_SIZE for all others."""
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
