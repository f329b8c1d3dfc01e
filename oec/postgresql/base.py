"""Where Django looks for a back end: its own, which takes connections from a pool."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from oec.postgresql.pool import Connection, Pool


class DatabaseWrapper(base.DatabaseWrapper):
    """Gives its connection back instead of closing it."""

    _pools: ClassVar[dict[str, Pool]] = {}
    _lender: Pool | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        def connect() -> Connection:
            return super(DatabaseWrapper, self).get_new_connection(conn_params)

        if self.alias == NO_DB_ALIAS:
            return connect()
        lender = self._pools.get(self.alias) or self._pools.setdefault(
            self.alias, Pool(**settings.DATABASE_POOL)
        )
        connection = lender.take(connect)
        self._lender = lender
        return connection

    def close_pool(self) -> None:
        """Forget every connection to the place that the settings named until now."""
        if pool := self._pools.pop(self.alias, None):
            pool.close()

    def _close(self) -> None:
        lender, self._lender = self._lender, None
        if lender is None or self.connection is None:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
            return
        # It may serve another thread from now on.
        connection, self.connection = self.connection, None
        with self.wrap_database_errors:
            lender.give_back(connection)
