"""Servers, with what was found on them and an action that looks again."""

import time

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from deployments import services
from deployments.engine.inspection import State
from deployments.services import ServerCheck
from oec.admin import staff
from oec.exceptions import ApplicationError
from projects import permissions
from projects.admin.places import ServerAdmin
from projects.callers import caller
from projects.models import Server

#: Servers that one request looks at, one after the other.
MOST = 10

#: No further one is begun later: a proxy in front would give up waiting.
SECONDS = 45.0

# Projects know of no checks, so their page of servers is replaced by this one.
admin.site.unregister(Server)


@admin.register(Server)
class CheckedServerAdmin(ServerAdmin):
    fields = (*ServerAdmin.fields, "findings")
    readonly_fields = (*ServerAdmin.readonly_fields, "findings")
    list_display = (*ServerAdmin.list_display, "checked")
    actions = (*ServerAdmin.actions, "check_selected")

    @admin.display(description="Last check")
    def checked(self, server: Server) -> str:
        check = services.last_check(server)
        return check.summary if check else "-"

    @admin.display(description="Last check")
    def findings(self, server: Server) -> str:
        check = services.last_check(server)
        if check is None:
            return "-"
        lines = format_html_join(
            "",
            "<li>{}, {}: {}</li>",
            (
                (finding.title, finding.state, finding.sentence)
                for finding in check.findings
            ),
        )
        return format_html("{} by {}<ul>{}</ul>", check.at, check.by, lines)

    @admin.action(description="Check the selected servers", permissions=["view"])
    def check_selected(self, request: HttpRequest, rows: QuerySet) -> None:
        servers = list(rows.select_related("organization")[: MOST + 1])
        if len(servers) > MOST:
            sentence = f"Choose at most {MOST} servers at once: each takes a moment."
            self.message_user(request, sentence, messages.ERROR)
            return
        until = time.monotonic() + SECONDS
        for server in servers:
            if time.monotonic() > until:
                sentence = f"{server}: not checked, the others took too long."
                self.message_user(request, sentence, messages.WARNING)
            else:
                self._check(request, server)

    def _check(self, request: HttpRequest, server: Server) -> None:
        if not permissions.can_check(staff(request), server):
            sentence = f"{server}: you don't have permission to check this server."
            self.message_user(request, sentence, messages.WARNING)
            return
        try:
            services.check_server(server, **caller(request))
        except ApplicationError as refusal:
            self.message_user(request, f"{server}: {refusal.detail}", messages.WARNING)
            return
        check = services.last_check(server)
        if check is not None:
            self.message_user(request, f"{server}: {_sentence(check)}", _level(check))


def _sentence(check: ServerCheck) -> str:
    """The summary, and the sentences of what is not well."""
    not_well = (
        finding.sentence
        for finding in check.findings
        if finding.state in {State.FAILED, State.WARNING}
    )
    return " ".join([f"{check.summary}.", *not_well])


def _level(check: ServerCheck) -> int:
    states = {finding.state for finding in check.findings}
    if State.FAILED in states:
        return messages.ERROR
    return messages.WARNING if State.WARNING in states else messages.SUCCESS
