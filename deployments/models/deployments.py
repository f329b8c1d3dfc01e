"""One attempt to put a release on a server."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from deployments.models.querysets import DeploymentQuerySet
from deployments.models.releases import Release
from deployments.models.states import (
    ACTIVE,
    TERMINAL,
    RemoteOutcome,
    Status,
    Trigger,
)
from projects.models import Environment, Project, Server, Serving, User

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from deployments.models.events import Event

MAX_REASON = 500


class Deployment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    # What goes where. A retry carries these over unchanged.
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="deployments"
    )
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="deployments"
    )
    server = models.ForeignKey(
        Server, on_delete=models.PROTECT, related_name="deployments"
    )
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="deployments"
    )

    # Where it comes from.
    version = models.PositiveIntegerField()
    trigger = models.CharField(
        max_length=8, choices=Trigger.choices, default=Trigger.MANUAL
    )
    triggered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(
        blank=True, default="", validators=[MaxLengthValidator(MAX_REASON)]
    )
    retry_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="retries"
    )
    #: The first of the attempt chain; the deployment itself when it is no retry.
    root = models.ForeignKey("self", on_delete=models.PROTECT, related_name="attempts")
    attempt = models.PositiveIntegerField(default=1)
    rollback_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # How it goes. Only ``lifecycle`` writes these.
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.PENDING
    )
    step = models.CharField(max_length=20, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=50, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    error_class = models.CharField(max_length=13, blank=True, default="")
    error_evidence = models.TextField(blank=True, default="")
    error_probe = models.CharField(max_length=50, blank=True, default="")
    #: Empty when nothing was started on the server, or nobody kept it yet.
    remote_outcome = models.CharField(
        max_length=8,
        choices=RemoteOutcome.choices,
        blank=True,
        default="",
        db_default="",
    )
    #: Who could not be ended there: "pid 7 of user bob".
    still_running = models.TextField(blank=True, default="", db_default="")
    #: Who was seen to answer at its end, and when somebody looked, if anybody did.
    serving = models.CharField(
        max_length=7,
        choices=Serving.choices,
        default=Serving.UNKNOWN,
        db_default=Serving.UNKNOWN,
    )
    serving_since = models.DateTimeField(null=True)
    advised_verb = models.CharField(max_length=20, blank=True, default="")
    container_id = models.CharField(max_length=64, null=True)  # noqa: DJ001

    # Who runs it. Every write of a run carries the epoch.
    epoch = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rung_at = models.DateTimeField(null=True)
    #: The highest ``seq`` given to an event.
    last_seq = models.PositiveIntegerField(default=0)

    # What became of its events after its end.
    log_compressed_at = models.DateTimeField(null=True, editable=False)
    log_pruned_at = models.DateTimeField(null=True, editable=False)
    #: Of all its events: what was printed, and the changes of steps and status.
    events_pruned_at = models.DateTimeField(null=True, editable=False)

    objects = DeploymentQuerySet.as_manager()

    if TYPE_CHECKING:
        events: RelatedManager[Event]
        retries: RelatedManager["Deployment"]
        attempts: RelatedManager["Deployment"]

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(status__in=ACTIVE),
                name="one_active_deployment",
            ),
            models.UniqueConstraint(
                fields=["project", "version"], name="version_in_project"
            ),
            models.UniqueConstraint(fields=["root", "attempt"], name="attempt_in_root"),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="known_status"
            ),
            models.CheckConstraint(
                condition=Q(remote_outcome__in=["", *RemoteOutcome.values]),
                name="known_remote_outcome",
            ),
            models.CheckConstraint(
                condition=Q(serving__in=Serving.values), name="known_serving"
            ),
            models.CheckConstraint(
                condition=Q(trigger__in=Trigger.values), name="known_trigger"
            ),
            models.CheckConstraint(
                condition=Q(status__in=TERMINAL) ^ Q(completed_at=None),
                name="completed_when_terminal",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="deployment_newest"),
            models.Index(
                fields=["project", "-created_at", "-id"],
                name="deployment_newest_of_project",
            ),
            models.Index(
                fields=["project", "status", "-created_at", "-id"],
                name="deployment_newest_by_status",
            ),
            models.Index(
                fields=["environment", "-created_at", "-id"],
                name="deployment_newest_of_place",
            ),
            models.Index(
                fields=["environment", "status", "-version"], name="deployment_live"
            ),
            # The dispatcher looks at these every two seconds.
            models.Index(
                fields=["status", "lease_until"],
                condition=Q(status__in=ACTIVE),
                name="deployment_active_leases",
            ),
            # So does it at these, until nothing is left to do.
            models.Index(
                fields=["completed_at"],
                condition=Q(status__in=TERMINAL, log_compressed_at=None),
                name="deployment_uncompressed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only for a new row: afterwards ``lifecycle`` compares and sets."""
        if not self._state.adding:
            raise TypeError("A deployment changes only through deployments.lifecycle.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("deployment", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def waited_seconds(self) -> float | None:
        """From creation to claim; None as long as nobody has claimed it."""
        if self.started_at is None:
            return None
        # Two machines, two clocks.
        return max(0.0, (self.started_at - self.created_at).total_seconds())

    @property
    def duration_seconds(self) -> float | None:
        """From claim to end; None while it has not run to an end."""
        if self.started_at is None or self.completed_at is None:
            return None
        # A clock that was set back between the two must not make time negative.
        return max(0.0, (self.completed_at - self.started_at).total_seconds())

    @property
    def remote_remark(self) -> str:
        """What is not as it should be on the server, as sentences; else empty."""
        if self.still_running:
            what = f"Still runs on the server: {self.still_running}."
        elif self.remote_outcome == RemoteOutcome.UNKNOWN:
            what = "Whether its commands still run on the server is not known."
        else:
            return ""
        return f"{what} The next deployment there begins with ending what is left."

    @property
    def serving_remark(self) -> str:
        """Who answered when it had failed, as a sentence; empty if nobody looked."""
        if self.serving_since is None or self.status == Status.SUCCESS:
            return ""
        return {
            Serving.NEW: "The new version answered when this ended.",
            Serving.OLD: "The version before was put back and answers.",
            Serving.NONE: "Nothing answered when this ended.",
            Serving.UNKNOWN: "The version before was put back; whether it answers is "
            "not known.",
        }[Serving(self.serving)]

    @property
    def is_cancelling(self) -> bool:
        return self.is_active and self.cancel_requested_at is not None
