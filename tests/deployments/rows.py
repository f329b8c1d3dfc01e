"""How many rows there are of what a verb writes."""

from deployments.models import Deployment, Event, Release
from projects.models import AuditEntry, Project


def written(project: Project) -> tuple[int, ...]:
    """Everything that a retry would add to."""
    return (
        Deployment.objects.count(),
        Release.objects.count(),
        Event.objects.count(),
        AuditEntry.objects.count(),
        Project.objects.values_list("last_version", flat=True).get(pk=project.pk),
    )
