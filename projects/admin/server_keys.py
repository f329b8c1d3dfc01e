"""Key pairs of servers, made from their list."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from oec.admin import staff
from projects import permissions, services
from projects.callers import caller
from projects.models import Server


class ServerKeys(admin.ModelAdmin):
    """A key that is stored stays: it is removed on the server's own page."""

    @admin.action(description="Make a key to sign in", permissions=["change"])
    def generate_server_keys(self, request: HttpRequest, rows: QuerySet) -> None:
        for server in rows.select_related("organization"):
            self._generate(request, server)

    def _generate(self, request: HttpRequest, server: Server) -> None:
        level = messages.WARNING
        if not permissions.can_administer(staff(request), server.organization):
            sentence = "you don't have permission to change this server."
        else:
            try:
                made = services.generate_server_key(server, **caller(request))
            except services.KeyStored as refusal:
                sentence = refusal.detail
            else:
                sentence = f"add this line to authorized_keys: {made.public_key}"
                level = messages.SUCCESS
        self.message_user(request, f"{server}: {sentence}", level)
