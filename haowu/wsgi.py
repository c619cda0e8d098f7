"""The web. It never runs in the platform's scope, whoever starts it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from haowu import embedded
from haowu.ground.garbage import SELDOM

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haowu.settings")
os.environ.pop("HAOWU_SCOPE", None)
embedded.attach()
application = get_wsgi_application()

gc.freeze()
gc.set_threshold(*SELDOM)
