"""What the viewsets of every app share."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.text import capfirst
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from oec.api.fields import StrictSerializer
from oec.api.lookup import get_or_404
from oec.api.rights import Right

Kind = type[BaseSerializer[Any]]


class NoBody(StrictSerializer):
    """For an action that takes nothing."""


class ResourceViewSet(GenericViewSet[Any]):
    """Rows of one model that the caller can see.

    The tables at the head of a viewset say it for each action; OpenAPI, OPTIONS and
    the browsable API read them, too. A handler begins with ``get_object``, which
    answers 404 and then 403 (and 400, where something was sent to an action that takes
    nothing); otherwise only ``body`` reads what was sent.
    """

    queryset: Any
    #: The right that the row must give to the caller.
    requires: ClassVar[Mapping[str, type[Right]]] = {}
    #: The body, where it does not look like the row.
    takes: ClassVar[Mapping[str, Kind]] = {}
    #: The answer, where it is not the row: a serializer, plain text, or nothing.
    answers: ClassVar[Mapping[str, Any]] = {}
    #: Status codes of refusals that do not follow from the above; for OpenAPI.
    refusals: ClassVar[Mapping[str, tuple[int, ...]]] = {}

    lookup_value_converter = "uuid"
    #: What the rights of this request were asked about.
    subject: Any = None

    @property
    def user(self) -> Any:
        """One of AUTH_USER_MODEL: nobody gets here without signing in."""
        return self.request.user

    # --- What the framework asks -----------------------------------------------------

    def get_queryset(self) -> Any:
        return self.queryset.all().visible_to(self.user)

    def get_object(self) -> Any:
        return self.allowed(self.get_row())

    def get_permissions(self) -> Sequence[Any]:
        right = self.requires.get(self.action)
        return [*super().get_permissions(), *([right()] if right else [])]

    def get_serializer_class(self) -> Kind:
        return self.takes.get(self.action) or super().get_serializer_class()

    def get_view_name(self) -> str:
        if self.name is not None:
            return self.name
        names = self.queryset.model._meta
        return capfirst(
            names.verbose_name if self.detail else names.verbose_name_plural
        )

    def get_view_description(self, html: bool = False) -> str:
        """What the handler of this method says of itself; otherwise that of GET."""
        methods = ((self.request.method or "").lower(), "get")
        names = [self.action_map[name] for name in methods if name in self.action_map]
        if self.description is None and names:
            self.description = getattr(self, names[0]).__doc__
        return super().get_view_description(html)

    # --- What handlers are made of ---------------------------------------------------

    def get_row(self) -> Any:
        """The row that the path names, whatever the caller may do with it."""
        key = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        return get_or_404(self.get_queryset(), **{self.lookup_field: key})

    def allowed(self, row: Any) -> Any:
        """The row itself, if it gives the right that this action requires."""
        self.subject = row
        self.check_object_permissions(self.request, row)
        if self.takes.get(self.action) is NoBody:
            self.body()
        return row

    def body(self, row: Any = None) -> dict[str, Any]:
        """The body, validated; with a row, changes of it."""
        serializer = self.get_serializer(
            row, data=self.request.data, partial=row is not None
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def represent(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Rows as JSON."""
        row_serializer: Any = self.serializer_class
        return row_serializer(rows, many=True).data

    def page(self) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.represent(rows or []))

    def row_response(self, row: Any) -> Response:
        return Response(self.represent([row])[0])

    def created(self, row: Any, view_name: str) -> Response:
        """201, with the address of the new row."""
        location = reverse(view_name, args=[row.pk], request=self.request)
        return Response(
            self.represent([row])[0], status=201, headers={"Location": location}
        )


class NestedViewSet(ResourceViewSet):
    """Rows that belong to another one, which the path names first.

    That one has to be visible and to give the rights; its own rows then are.
    """

    #: All rows of the kind that comes first, and what the path calls its id.
    parents: ClassVar[Any]
    parent_url_kwarg: ClassVar[str]

    @cached_property
    def parent(self) -> Any:
        visible = self.parents.all().visible_to(self.user)
        return self.allowed(get_or_404(visible, pk=self.kwargs[self.parent_url_kwarg]))

    def get_object(self) -> Any:
        return self.get_row()
