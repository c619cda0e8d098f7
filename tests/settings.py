"""The project's settings in a home of their own, so that tests leave a running demo alone.

Each test process has a Redis number of its own. As in the web no scope is set; ``conftest.py`` enters one.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("HAOWU_HOME", str(Path(__file__).resolve().parent.parent / ".dev-test"))
os.environ.setdefault("DJANGO_SECRET_KEY", "for tests only, and long enough for Django's own checks")
os.environ.setdefault("DATA_KEYS", "test:" + "A" * 43 + "=")
os.environ.setdefault("DJANGO_HTTPS", "false")
os.environ.pop("HAOWU_SCOPE", None)

from haowu import embedded

embedded.attach()

from haowu.settings import *  # noqa: E402, F403
from haowu.settings import REDIS_URL as _REDIS_URL  # noqa: E402

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_NUMBER = 8 + int(_WORKER.removeprefix("gw")) % 8

if _REDIS_URL.startswith("unix://"):
    REDIS_URL = _REDIS_URL.replace("?db=0", f"?db={_NUMBER}")
else:
    REDIS_URL = urlsplit(_REDIS_URL)._replace(path=f"/{_NUMBER}").geturl()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2PasswordHasher"]
