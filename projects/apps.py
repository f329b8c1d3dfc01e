from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The label makes ``project.environments.deploy`` a real permission."""

    name = "projects"
    label = "project"
    verbose_name = "Projects"
