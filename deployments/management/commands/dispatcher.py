import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from deployments import dispatcher
from oec.database import advice

logger = logging.getLogger(__name__)

ROUNDS_BETWEEN_TIDYING = 300


class Command(BaseCommand):
    help = "Rings for waiting deployments, ends lost ones. Runs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        rounds = 0
        while not stopped.is_set():
            try:
                dispatcher.sweep()
                if rounds % ROUNDS_BETWEEN_TIDYING == 0:
                    dispatcher.tidy()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("%s (%s)", advice(error), error)
                connection.close()
            rounds += 1
            stopped.wait(settings.DISPATCH_SECONDS)
