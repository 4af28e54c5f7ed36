"""The Celery application: three queues over Redis, slices of a minute, nothing lost when a worker is killed."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")
# Celery's own variables, and those its command line makes of others (BROKER_URL), go before the settings. They are
# another program's: a worker would listen to a broker that nobody here sends to.
for _name in [name for name in os.environ if name.startswith("CELERY_")]:
    del os.environ[_name]
# Celery would run Django's checks, which load every page of the desk, and throw away what they find.
os.environ["CELERY_SKIP_CHECKS"] = "1"

app = Celery("hhreview")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
