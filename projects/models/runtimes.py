"""The settings that belong to one way of running an application."""

from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.db import models

from projects.validators import (
    validate_command,
    validate_host,
    validate_image,
    validate_network,
    validate_ports,
    validate_relative_path,
    validate_shared_paths,
    validate_systemd_unit,
    validate_volumes,
)


class Runtime(models.TextChoices):
    SHELL = "shell", "Shell commands"
    DOCKER = "docker", "Docker container"


class UnitScope(models.TextChoices):
    SYSTEM = "system", "System"
    USER = "user", "User"


def seconds(default: int, help_text: str) -> models.PositiveIntegerField:
    """A limit in seconds, from one second to a day."""
    limits = [MinValueValidator(1), MaxValueValidator(86_400)]
    return models.PositiveIntegerField(
        default=default, validators=limits, help_text=help_text
    )


def command(help_text: str) -> models.TextField:
    return models.TextField(
        blank=True,
        default="",
        validators=[MaxLengthValidator(8192), validate_command],
        help_text=help_text,
    )


class ShellSettings(models.Model):
    shared_paths = models.TextField(
        blank=True,
        default="",
        validators=[MaxLengthValidator(4096), validate_shared_paths],
        help_text="Files and directories (with a slash at the end) that all releases "
        "share, one per line, such as config/local.ini or media/.",
    )
    activate_command = command(
        "Runs in the new release when it has become current, before the restart."
    )
    systemd_unit = models.CharField(
        "systemd unit",
        max_length=255,
        blank=True,
        default="",
        validators=[validate_systemd_unit],
        help_text="Restarted when the new release has become current, such as "
        "shop.service.",
    )
    systemd_scope = models.CharField(
        "systemd scope",
        max_length=6,
        choices=UnitScope.choices,
        default=UnitScope.SYSTEM,
        help_text="Whose unit it is: the system's (through sudo) or the account's own.",
    )
    restart_command = command(
        "Restarts the application, after the unit if there is one."
    )

    class Meta:
        abstract = True


class DockerSettings(models.Model):
    docker_image = models.CharField(
        "image",
        max_length=255,
        blank=True,
        default="",
        validators=[validate_image],
        help_text="Pulled and run. Leave it empty to build the commit's Dockerfile.",
    )
    dockerfile = models.CharField(
        "Dockerfile",
        max_length=255,
        blank=True,
        default="Dockerfile",
        validators=[validate_relative_path],
        help_text="Its path in the repository.",
    )
    docker_network = models.CharField(
        "network",
        max_length=128,
        default="bridge",
        validators=[validate_network],
        help_text="bridge, host, none, or the name of a network on the server.",
    )
    docker_ports = models.TextField(
        "published ports",
        blank=True,
        default="",
        validators=[MaxLengthValidator(2048), validate_ports],
        help_text="One per line: 127.0.0.1:8069:8069 publishes port 8069 of the "
        "container on the server's own address. There is a short gap at each switch.",
    )
    docker_volumes = models.TextField(
        "volumes",
        blank=True,
        default="",
        validators=[MaxLengthValidator(4096), validate_volumes],
        help_text="One per line: filestore:/var/lib/odoo or /srv/shop/media:/media:ro.",
    )
    docker_domain = models.CharField(
        "domain",
        max_length=253,
        blank=True,
        default="",
        validators=[validate_host],
        help_text="The name under which Traefik on the server leads to the container. "
        "Old and new run side by side until the new one is healthy.",
    )
    docker_port = models.PositiveIntegerField(
        "port in the container",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text="Where the application listens, for Traefik.",
    )

    class Meta:
        abstract = True


def _names(settings: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in settings._meta.local_fields)


#: What only one runtime reads, in the order in which people see it.
SETTINGS = {
    Runtime.SHELL: _names(ShellSettings),
    Runtime.DOCKER: _names(DockerSettings),
}
