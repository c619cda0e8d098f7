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

from haowu.settings.base import *
from haowu.settings.database import *
from haowu.settings.environment import *
from haowu.settings.files import *
from haowu.settings.house import *
from haowu.settings.logs import *
from haowu.settings.partner_api import *
from haowu.settings.security import *
from haowu.settings.tasks import *
