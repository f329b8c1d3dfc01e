from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectsConfig(AppConfig):
    """The label makes ``project.environments.deploy`` a real permission."""

    name = "projects"
    label = "project"
    verbose_name = "Projects"

    def ready(self) -> None:
        autodiscover_modules("checks")
