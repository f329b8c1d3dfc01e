"""Signs of life of the background processes."""

from typing import ClassVar

from django.db import models


class Beat(models.Model):
    class Kind(models.TextChoices):
        WORKER = "worker", "Worker"
        DISPATCHER = "dispatcher", "Dispatcher"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: Host name and process id.
    name = models.CharField(max_length=200)
    seen_at = models.DateTimeField()
    #: What it reports of itself, such as ``{"running": 3, "capacity": 16}``.
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name"], name="one_beat_a_process")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
