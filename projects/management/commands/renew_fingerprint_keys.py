from typing import Any

from django.core.management.base import BaseCommand

from projects import services


class Command(BaseCommand):
    help = "Makes a new fingerprint key where no encryption key opens the stored one."

    def handle(self, *args: Any, **options: Any) -> None:
        for environment in services.renew_fingerprint_keys():
            self.stdout.write(
                f"{environment.project} {environment}: new. Fingerprints of its later "
                "deployments differ from those of before."
            )
        self.stdout.write("Every environment has a fingerprint key that can be read.")
