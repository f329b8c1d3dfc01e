"""The first answer to a request that names itself.

After draft-ietf-httpapi-idempotency-key-header-07.
"""

from typing import ClassVar

from django.db import models

from deployments.models.deployments import Deployment
from projects.models import User


class IdempotencyKey(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    #: SHA-256 over method, path and body: the same key may not mean another request.
    request_digest = models.CharField(max_length=64)
    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="+"
    )
    status_code = models.PositiveIntegerField()
    response = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="key_of_user")
        ]

    def __str__(self) -> str:
        return self.key
