"""How a worker listens to the broker."""

from typing import Any

from celery.worker import consumer


class Consumer(consumer.Consumer):
    """Asks no other worker anything: they share nothing but the database.

    Celery's own waits a second at its start for what other workers have revoked, and
    then goes on telling them about itself.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        quiet = {"without_mingle": True, "without_gossip": True}
        chosen = options.get("worker_options") or {}
        super().__init__(*args, **options | {"worker_options": chosen | quiet})
