"""Reading and using the console's pages as a person without scripts does."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Page(HTMLParser):
    """``text`` as it reads, ``links`` by their text, ``fields`` of the last form."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.status = response.status_code
        self.html = response.content.decode()
        self.links: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        self.disabled_buttons: list[str] = []
        self._select = ""
        self._words: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.fields = {}
        if tag == "input" and (name := attributes.get("name")):
            is_choice = attributes.get("type") in {"radio", "checkbox"}
            if not is_choice or "checked" in attributes:
                default = "on" if is_choice else ""
                self.fields[name] = attributes.get("value") or default
        if tag == "select":
            self._select = attributes.get("name") or ""
        if tag == "option":
            chosen = attributes.get("value") or ""
            if "selected" in attributes or self._select not in self.fields:
                self.fields[self._select] = chosen
        if tag in {"a", "button", "textarea"}:
            self._open.append((tag, attributes, []))

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            return
        _, attributes, words = self._open.pop()
        text = " ".join("".join(words).split())
        if tag == "a":
            self.links[text] = attributes.get("href") or ""
        elif tag == "button" and "disabled" in attributes:
            self.disabled_buttons.append(text)
        elif tag == "textarea":
            # HTML drops a line end right behind the tag.
            typed = "".join(words).removeprefix("\n")
            self.fields[attributes.get("name") or ""] = typed


def read(client: Client, url: str, status: int = 200) -> Page:
    page = Page(client.get(url))
    assert page.status == status, page.text
    return page


def send(client: Client, url: str, **changes: Any) -> Any:
    """Open a page with a form, change some of its fields, and send it."""
    fields = read(client, url).fields
    return client.post(url, {**fields, **changes})


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes."""
    return queries_while(lambda: read(client, url))


def queries_while(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)
