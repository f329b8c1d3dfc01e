"""The API as a program sees it: a client with a token, and paths below the base."""

from typing import Any

from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from projects.models import User

BASE = "/api/v1"


class Api:
    """Requests with JSON bodies, as one user or (None) as nobody."""

    def __init__(self, user: User | None = None) -> None:
        self._client = APIClient()
        if user is not None:
            access = RefreshToken.for_user(user).access_token
            self.authorization = f"Bearer {access}"
            self._client.credentials(HTTP_AUTHORIZATION=self.authorization)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        send = getattr(self._client, method.lower())
        if body is None:
            return send(f"{BASE}{path}", headers=headers)
        return send(f"{BASE}{path}", body, format="json", headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.ask("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.ask("DELETE", path)

    def raw(self, path: str, data: bytes, content_type: str) -> Any:
        """A POST whose body is exactly these bytes."""
        return self._client.generic("POST", f"{BASE}{path}", data, content_type)  # type: ignore[arg-type]
