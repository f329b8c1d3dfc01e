"""The OEC project: settings, addresses and the Celery application."""

from oec.celery import app as celery_app

__all__ = ["celery_app"]
