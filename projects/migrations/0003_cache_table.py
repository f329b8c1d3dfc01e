from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def create_cache_table(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The shared cache of settings.CACHES, so that ``migrate`` is all one runs."""

    dependencies = [("project", "0002_append_only_audit")]
    operations = [migrations.RunPython(create_cache_table, migrations.RunPython.noop)]
