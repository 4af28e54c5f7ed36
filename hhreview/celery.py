"""The Celery application: three queues over Redis, slices of a minute, nothing lost when a worker is killed."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hhreview.settings")
# Celery would run Django's checks, which load every page of the desk, and throw away what they find.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("hhreview")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
