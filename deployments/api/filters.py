"""What lists of deployments are narrowed by."""

from django_filters import rest_framework as filters

from deployments.models import Status, Trigger
from oec.api.filters import ChoicesFilter, RowFilter
from projects.models import Environment


class DeploymentFilterSet(filters.FilterSet):
    status = ChoicesFilter(Status.choices, help_text="Such as `failed,running`.")
    trigger = ChoicesFilter(Trigger.choices, help_text="Such as `manual,rollback`.")
    environment = RowFilter(Environment.objects.visible_to, "environment")
