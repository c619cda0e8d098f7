"""PostgreSQL by three logins; Redis as broker and cache."""

from haowu import embedded
from haowu.settings.environment import env


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
