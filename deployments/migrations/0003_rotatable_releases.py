"""The ciphertext of a release's variables may be written anew, with another key.

Nothing else of that row changes with it, and it stays a Fernet token: one that was
written for another row, or by whoever has no key, opens nothing.
"""

from importlib import import_module

from django.db import migrations

from oec.triggers import Guard, install, uninstall

BEFORE = import_module("deployments.migrations.0002_guards").GUARDS[0]
SAME_COMMIT = "NEW.git_commit = OLD.git_commit AND NEW.git_message = OLD.git_message"
AFTER = Guard(
    BEFORE.name,
    BEFORE.table,
    BEFORE.event,
    BEFORE.message,
    "NEW.id <> OLD.id"
    " OR NEW.environment_id <> OLD.environment_id"
    " OR NEW.git_branch <> OLD.git_branch"
    " OR NEW.config_digest <> OLD.config_digest"
    " OR NEW.created_at <> OLD.created_at"
    " OR CAST(NEW.configuration AS text) <> CAST(OLD.configuration AS text)"
    # Only what was never known may be filled in, once: the commit, its message.
    f" OR (OLD.git_message <> '' AND NOT ({SAME_COMMIT}))"
    " OR (OLD.git_commit <> '' AND NEW.git_commit <> OLD.git_commit)"
    # Every Fernet token begins like this, as its first bytes are version and time.
    " OR (NEW.variables <> OLD.variables"
    f" AND NOT ({SAME_COMMIT} AND substr(NEW.variables, 1, 6) = 'gAAAAA'))",
)


class Migration(migrations.Migration):
    dependencies = [("deployments", "0002_guards")]
    operations = [uninstall([BEFORE]), install([AFTER])]
