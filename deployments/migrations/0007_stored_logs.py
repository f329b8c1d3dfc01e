"""Events stay as they were written, but for their compression and for pruning."""

from django.db import migrations, models
from django.db.models import Q

import deployments.models.chunks
from oec.triggers import Guard, install

EVENT = "deployments_event"
MESSAGE = "An event is never changed or removed."
MARK = "oec.zlib:"
#: The mark, seven digits and a colon, as in ``deployments.models.chunks``.
HEADER = len(MARK) + 8
LENGTH = "CAST(length(OLD.text) AS text)"
GUARDS = [
    Guard(
        "event_frozen",
        EVENT,
        "UPDATE",
        MESSAGE,
        # Plain output becomes as many characters, compressed; nothing else with it.
        "NOT (OLD.kind = 'log' AND NEW.id = OLD.id AND NEW.kind = OLD.kind"
        " AND NEW.deployment_id = OLD.deployment_id AND NEW.seq = OLD.seq"
        " AND NEW.epoch = OLD.epoch AND NEW.step = OLD.step"
        " AND NEW.state = OLD.state AND NEW.created_at = OLD.created_at"
        f" AND substr(OLD.text, 1, {len(MARK)}) <> '{MARK}'"
        f" AND substr(NEW.text, 1, {HEADER}) = '{MARK}' || substr('0000000'"
        f" || {LENGTH}, length({LENGTH}) + 1, 7) || ':')",
    ),
    Guard(
        "event_kept",
        EVENT,
        "DELETE",
        MESSAGE,
        # The deployment has ended and says that its log, or all of it, was pruned.
        "NOT EXISTS (SELECT 1 FROM deployments_deployment AS ended"
        " WHERE ended.id = OLD.deployment_id"
        " AND ended.status IN ('success', 'failed', 'cancelled')"
        " AND (ended.events_pruned_at IS NOT NULL"
        " OR (ended.log_pruned_at IS NOT NULL AND OLD.kind IN ('log', 'note'))))",
        reads_rows=True,
    ),
]


class Migration(migrations.Migration):
    dependencies = [("deployments", "0006_remote_outcome")]
    operations = [
        *(
            migrations.AddField(
                model_name="deployment",
                name=name,
                field=models.DateTimeField(editable=False, null=True),
            )
            for name in ("log_compressed_at", "log_pruned_at", "events_pruned_at")
        ),
        migrations.AddIndex(
            model_name="deployment",
            index=models.Index(
                condition=Q(
                    ("log_compressed_at", None),
                    ("status__in", ("success", "failed", "cancelled")),
                ),
                fields=["completed_at"],
                name="deployment_uncompressed",
            ),
        ),
        # The column stays what it is.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="text",
                    field=deployments.models.chunks.ChunkField(blank=True, default=""),
                )
            ]
        ),
        install(GUARDS),
    ]
