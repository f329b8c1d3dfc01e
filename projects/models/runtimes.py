"""The settings that belong to one way of running an application."""

from django.db import models

from projects.models import columns


class ShellSettings(models.Model):
    shared_paths = columns.block("shared_paths")
    activate_command = columns.block("activate_command")
    systemd_unit = columns.line("systemd_unit")
    systemd_scope = columns.choice("systemd_scope")
    restart_command = columns.block("restart_command")
    application_logs = columns.block("application_logs")

    class Meta:
        abstract = True


class DockerSettings(models.Model):
    docker_image = columns.line("docker_image")
    dockerfile = columns.line("dockerfile")
    docker_network = columns.line("docker_network")
    docker_ports = columns.block("docker_ports")
    docker_volumes = columns.block("docker_volumes")
    docker_domain = columns.line("docker_domain")
    docker_port = columns.number_or_none("docker_port")

    class Meta:
        abstract = True
