from django.db import migrations

from oec.triggers import append_only, install

GUARDS = append_only(
    "project_auditentry", "Audit entries are never changed or removed."
)


class Migration(migrations.Migration):
    dependencies = [("project", "0001_initial")]
    operations = [install(GUARDS)]
