"""Celery as a doorbell: a message carries one id and may be lost or doubled.

The row of a deployment is the queue of record, so every setting below may lose or
repeat a message without harm; the dispatcher rings again.
"""

import os

from celery import Celery
from django.conf import settings
from kombu import Exchange, Queue

from oec.environment import told_in_one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")

app = Celery("oec")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Deploying is waiting: a thread costs a fraction of a MiB where a child process costs
# several, and a shutdown flag reaches every run. Threads have neither time limits nor
# terminate, so deadlines, cancel and shutdown are the runner's own.
app.conf.worker_pool = "threads"
app.conf.worker_consumer = "oec.consumer:Consumer"
# The state lives in the database; a result would be a second truth.
app.conf.task_ignore_result = True
# Only JSON: a forged message can ring the bell and nothing more.
app.conf.task_serializer = "json"
app.conf.accept_content = ["json"]
# Acknowledge early: at most once. A lost run is failed by the dispatcher, never re-run.
app.conf.task_acks_late = False
app.conf.task_reject_on_worker_lost = False
# A reserved message would wait behind a long deployment although other workers idle.
app.conf.worker_prefetch_multiplier = 1
app.conf.task_queues = [Queue("deployments", Exchange("deployments"), "deployments")]
app.conf.task_default_queue = "deployments"
app.conf.broker_connection_retry_on_startup = True
app.conf.broker_connection_max_retries = None
# With the socket time-outs of the transport options this bounds a publish to a frozen
# Redis to about five seconds and to a stopped one to a tenth of a second.
app.conf.task_publish_retry_policy = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.2,
}
# It cancels tasks that acknowledge late; ours have acknowledged already.
app.conf.worker_cancel_long_running_tasks_on_connection_loss = False
app.conf.worker_send_task_events = False


@app.on_configure.connect
def read_settings(**_: object) -> None:
    """Before Celery does it, which would show a traceback of what is wrong in them."""
    with told_in_one_sentence():
        settings.BROKER_DIR  # noqa: B018 - the first that is read reads them all
