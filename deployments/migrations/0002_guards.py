from django.db import migrations

from oec.triggers import Guard, install

RELEASE = "deployments_release"
DEPLOYMENT = "deployments_deployment"
RELEASE_MESSAGE = "A release is never changed or removed."
GUARDS = [
    Guard(
        "release_frozen",
        RELEASE,
        "UPDATE",
        RELEASE_MESSAGE,
        # Only what was never known may be filled in, once: the commit, its message.
        "OLD.git_message <> '' OR NEW.id <> OLD.id"
        " OR (OLD.git_commit <> '' AND NEW.git_commit <> OLD.git_commit)"
        " OR NEW.environment_id <> OLD.environment_id"
        " OR NEW.git_branch <> OLD.git_branch"
        " OR NEW.variables <> OLD.variables"
        " OR NEW.config_digest <> OLD.config_digest"
        " OR CAST(NEW.configuration AS text) <> CAST(OLD.configuration AS text)",
    ),
    Guard("release_kept", RELEASE, "DELETE", RELEASE_MESSAGE),
    Guard(
        "deployment_same_release",
        DEPLOYMENT,
        "UPDATE",
        "The release, project and version of a deployment never change.",
        "NEW.release_id <> OLD.release_id OR NEW.project_id <> OLD.project_id"
        " OR NEW.version <> OLD.version",
    ),
    Guard(
        "deployment_terminal",
        DEPLOYMENT,
        "UPDATE",
        "A finished deployment never changes its status.",
        "OLD.status IN ('success', 'failed', 'cancelled') AND NEW.status <> OLD.status",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("deployments", "0001_initial")]
    operations = [install(GUARDS)]
