"""Where the configuration that made a deployment fail is put right."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from deployments import diagnosis
from deployments.models import Deployment
from projects import permissions
from projects.models import User
from projects.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class Remedy:
    """``url`` is the field to fill in; empty for who may not, who asks somebody."""

    url: str
    #: "the variable API_KEY", "the setting deploy path", "the settings"
    what: str


def remedy(deployment: Deployment, user: User) -> Remedy:
    url, what = _place(deployment)
    may_change = permissions.can_change(user, deployment.project)
    return Remedy(url if may_change else "", what)


def _place(deployment: Deployment) -> tuple[str, str]:
    environment = deployment.environment
    code = deployment.error_code
    if variable := diagnosis.variable_of(code, deployment.error_message):
        url = reverse("environment-variables", args=[environment.pk])
        query = urlencode({"name": variable})
        return f"{url}?{query}#id_name", f"the variable {variable}"
    url = reverse("environment-settings", args=[environment.pk])
    setting = SETTINGS.get(diagnosis.setting_of(code, deployment.step))
    if setting is None or setting.runtime not in {"", environment.runtime}:
        return url, "the settings"
    return f"{url}#id_{setting.name}", f"the setting \u201c{setting.words}\u201d"
