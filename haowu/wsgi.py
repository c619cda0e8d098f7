"""The web. It never runs in the platform's scope, whoever starts it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from haowu import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haowu.settings")
os.environ.pop("HAOWU_SCOPE", None)
embedded.attach()
application = get_wsgi_application()

# A batch of events makes a hundred thousand objects and no cycles. By default Python looks for cycles every 700
# objects, every so often among all that the application has loaded too: a quarter of the time of a batch.
gc.freeze()
gc.set_threshold(50_000, 10, 10)
