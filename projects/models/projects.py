"""What: one Git repository that is deployed, and the rights on it."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from projects.models.people import Organization, User
from projects.secrets import EncryptedTextField
from projects.syntax import git_origin
from projects.validators import (
    host_key_fingerprint,
    validate_git_url,
    validate_host_key,
    validate_plain_text,
    validate_registry,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from projects.models.environments import Environment
    from projects.models.variables import ProjectVariable


#: Whoever holds one of these on a project sees it.
RIGHTS = ("view_project", "environments.deploy", "change_project")


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> "ProjectQuerySet":
        """Those on which the user holds any right through a role or a direct grant.

        A right granted without an object counts nowhere: it would open every
        organization at once.
        """
        if user.sees_everything:
            return self
        if not user.is_active:
            return self.none()
        # What guardian's get_objects_for_user asks, put together in less time.
        right = Q(permission__codename__in=RIGHTS)
        own = ProjectUserPermission.objects.filter(right, user=user)
        of_roles = ProjectGroupPermission.objects.filter(right, group__user=user)
        return self.filter(
            Q(pk__in=own.values("content_object"))
            | Q(pk__in=of_roles.values("content_object"))
        )


class Project(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="projects"
    )
    name = models.CharField(
        max_length=100, validators=[MinLengthValidator(1), validate_plain_text]
    )
    git_url = models.CharField(
        "Git address", max_length=500, validators=[validate_git_url]
    )
    #: Read live at each deployment: repairing it is what a retry is for.
    git_token = EncryptedTextField("Git token", blank=True, default="")
    #: For addresses that begin with ssh://; made on the console, never shown.
    git_deploy_key = EncryptedTextField(
        "Git deploy key", blank=True, default="", editable=False
    )
    #: Its public half, as one OpenSSH line, to be allowed at the Git host.
    git_public_key = models.TextField(blank=True, default="", editable=False)
    git_host_key = models.TextField(
        "Git host key",
        blank=True,
        default="",
        validators=[validate_host_key],
        help_text="The Git host's public key as one line, for addresses that begin "
        "with ssh://. By saving it you accept it.",
    )
    #: Read live, like the token: where images are pulled from.
    registry_host = models.CharField(
        "image registry",
        max_length=255,
        blank=True,
        default="",
        validators=[validate_registry],
        help_text="Such as registry.example.org, or docker.io for Docker Hub.",
    )
    registry_username = models.CharField(
        max_length=255, blank=True, default="", validators=[validate_plain_text]
    )
    registry_password = EncryptedTextField(
        "registry password or token", blank=True, default=""
    )
    #: Raised before each deployment is created; the UPDATE is the project's lock.
    last_version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    if TYPE_CHECKING:
        environments: RelatedManager[Environment]
        variables: RelatedManager[ProjectVariable]

    class Meta:
        ordering: ClassVar = ["name"]
        permissions: ClassVar = [
            ("environments.deploy", "Can deploy environments of the project")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="project_name_in_organization"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_opened_by_key(self) -> bool:
        """Whether its address is one of SSH, and so wants a deploy key."""
        return not self.git_url.startswith(("https://", "file://"))

    @property
    def git_origin(self) -> str:
        """Scheme, host and port of its address: to whom the token is sent."""
        return git_origin(self.git_url)

    @property
    def git_host_key_fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it; empty while none is accepted."""
        return host_key_fingerprint(self.git_host_key) if self.git_host_key else ""

    @property
    def git_public_key_fingerprint(self) -> str:
        """``SHA256:…`` of the deploy key; empty while there is none."""
        return host_key_fingerprint(self.git_public_key) if self.git_public_key else ""


class ProjectUserPermission(UserObjectPermissionBase):
    """A right of one person on one project, by a direct foreign key."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class ProjectGroupPermission(GroupObjectPermissionBase):
    """A right of one role's group on one project, by a direct foreign key."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
