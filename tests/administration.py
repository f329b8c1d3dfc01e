"""Walking through the administration as a person with a browser does."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import User


def enter(user: User, *codenames: str) -> Client:
    """Sign in as staff that holds these model permissions."""
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def enter_as_superuser(user: User) -> Client:
    user.is_staff = user.is_superuser = True
    user.save()
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{_name(model)}_changelist")


def adding(model: type[Model]) -> str:
    return reverse(f"admin:{_name(model)}_add")


def page_of(row: Model) -> str:
    return reverse(f"admin:{_name(type(row))}_change", args=[row.pk])


def submit(client: Client, url: str, **changes: Any) -> HttpResponse:
    """Open a page, change some of its fields, and save it."""
    answer = send(client, url, **changes)
    assert answer.status_code == 302, answer.context["errors"]
    return answer


def send(client: Client, url: str, **changes: Any) -> Any:
    """The same, whether or not the page accepts it."""
    page = client.get(url)
    assert page.status_code == 200, page
    fields = dict(_fields(page))
    # Neither buttons nor the fields of a new inline row are among them.
    assert {n for n in changes if "-" not in n and n[0] != "_"} <= fields.keys()
    sent = {**fields, **changes}
    return client.post(url, {k: v for k, v in sent.items() if v is not False})


def inline_row(client: Client, url: str, row: Model) -> str:
    """The prefix of the fields that belong to this row of the page."""
    for inline in client.get(url).context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            if form.instance == row:
                return form.prefix
    raise AssertionError(f"{row} is not on {url}")


def queries_of(client: Client, url: str) -> int:
    """How many queries this page takes."""
    return queries_while(lambda: client.get(url))


def queries_while(act: Callable[[], Any]) -> int:
    """How many queries a page takes that answers 200."""
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code == 200
    return len(queries)


def messages(response: Any) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def _name(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _fields(page: Any) -> Iterator[tuple[str, Any]]:
    yield from _fields_of(page.context["adminform"].form)
    for inline in page.context["inline_admin_formsets"]:
        yield from _fields_of(inline.formset.management_form)
        for form in (*inline.formset.forms, inline.formset.empty_form):
            yield from _fields_of(form)


def _fields_of(form: BaseForm) -> Iterator[tuple[str, Any]]:
    for field in form:
        value = field.field.prepare_value(field.value())
        yield field.html_name, "" if value is None else value
