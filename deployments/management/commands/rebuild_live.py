from typing import Any

from django.core.management.base import BaseCommand

from deployments import live


class Command(BaseCommand):
    help = "Works out anew, from the deployments, what is live in each environment."

    def handle(self, *args: Any, **options: Any) -> None:
        corrected = live.rebuild()
        self.stdout.write(f"Environments corrected: {corrected}.")
