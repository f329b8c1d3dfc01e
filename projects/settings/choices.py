"""The values of settings that are chosen from a list."""

from django.db import models


class EnvironmentType(models.TextChoices):
    DEVELOPMENT = "development", "Development"
    STAGING = "staging", "Staging"
    PRODUCTION = "production", "Production"


class Runtime(models.TextChoices):
    SHELL = "shell", "Shell commands"
    DOCKER = "docker", "Docker container"


class UnitScope(models.TextChoices):
    SYSTEM = "system", "System"
    USER = "user", "User"
