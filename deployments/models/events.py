"""The append-only history of a deployment."""

from typing import ClassVar

from django.db import models

from deployments.models.chunks import ChunkField
from deployments.models.deployments import Deployment


class Kind(models.TextChoices):
    #: ``state`` is the new status.
    STATUS = "status", "Status change"
    #: ``state`` is running, success or failed.
    STEP = "step", "Step change"
    #: ``text`` is a chunk of at most 64 KiB.
    LOG = "log", "Output"
    #: ``text`` is one line of OEC's own.
    NOTE = "note", "Note"


class Event(models.Model):
    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="events"
    )
    #: 1, 2, 3 … within the deployment, given under the row's lock: a reader that asks
    #: for what comes after n never misses one that was committed late.
    seq = models.PositiveIntegerField()
    #: The epoch of the run that wrote it; 0 before any run.
    epoch = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    step = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=9, blank=True, default="")
    text = ChunkField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["deployment", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deployment", "seq"], name="seq_in_deployment"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="known_event_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.step} {self.state}".strip()
