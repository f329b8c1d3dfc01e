"""What a deployment can be, and what can have started it."""

from django.db import models


class Status(models.TextChoices):
    PENDING = "pending", "Pending"  # waits for a worker
    RUNNING = "running", "Running"  # a worker holds its lease
    SUCCESS = "success", "Success"  # every step ended with exit code 0
    FAILED = "failed", "Failed"  # the diagnosis says why
    CANCELLED = "cancelled", "Cancelled"  # a person ended it


ACTIVE = (Status.PENDING, Status.RUNNING)
TERMINAL = (Status.SUCCESS, Status.FAILED, Status.CANCELLED)


class Trigger(models.TextChoices):
    MANUAL = "manual", "Manual"
    ROLLBACK = "rollback", "Rollback"
    WEBHOOK = "webhook", "Webhook"
    SCHEDULE = "schedule", "Schedule"
    AUTO = "auto", "Automatic"
