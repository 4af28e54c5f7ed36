"""The Django project: settings, the Celery application and the embedded servers."""

from hhreview.celery import app as celery_app

__all__ = ["celery_app"]
