"""What a deployment can be, and what can have started it."""

from django.db import models


class Status(models.TextChoices):
    #: Waits for a worker.
    PENDING = "pending", "Pending"
    #: A worker holds its lease.
    RUNNING = "running", "Running"
    #: Every step ended with exit code 0.
    SUCCESS = "success", "Success"
    #: The diagnosis says why.
    FAILED = "failed", "Failed"
    #: A person ended it.
    CANCELLED = "cancelled", "Cancelled"


ACTIVE = (Status.PENDING, Status.RUNNING)
TERMINAL = (Status.SUCCESS, Status.FAILED, Status.CANCELLED)


class RemoteOutcome(models.TextChoices):
    """What is known of the commands that a deployment started on its server."""

    FINISHED = "finished", "Finished by themselves"
    ENDED = "ended", "Ended, and seen to have ended"
    UNKNOWN = "unknown", "Not known"


class Trigger(models.TextChoices):
    MANUAL = "manual", "Manual"
    ROLLBACK = "rollback", "Rollback"
    WEBHOOK = "webhook", "Webhook"
    SCHEDULE = "schedule", "Schedule"
    AUTO = "auto", "Automatic"
