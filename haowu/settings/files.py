"""Static files, media, mail."""

from haowu.settings.environment import BASE_DIR, DEVELOPMENT, HOME, env

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" if DEVELOPMENT else BASE_DIR / "staticfiles"
if DEVELOPMENT:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "haowu" / "web" / "static", BASE_DIR / "haowu" / "web" / "frontend" / "dist"]
_COLLECTED = env.bool("STATIC_COLLECTED", default=not DEVELOPMENT)
"""Whether ``collectstatic`` has been run: files are served hashed and compressed then, else from where they lie."""
STATIC_BROTLI = env.bool("STATIC_BROTLI", default=not DEVELOPMENT)
WHITENOISE_USE_FINDERS = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "haowu.web.storage.CompressedFiles"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

vars().update(env.email_url("EMAIL_URL", default=f"filemail://{HOME / 'mail'}"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="好物联盟 <notices@localhost>")
"""Mails lie in the home as files unless ``EMAIL_URL`` names a server: smtp+tls://user:password@host:587."""
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(HOME / "media"))
