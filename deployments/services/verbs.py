"""The verbs: each described once, for pages, admin, API and docs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deployments.models import TERMINAL, Deployment, Status
from deployments.services import rules
from deployments.services.deploy import deploy, redeploy
from deployments.services.ending import cancel, force_finish
from deployments.services.retry import retry
from deployments.services.rollback import rollback
from deployments.services.rules import Facts, Warnings


@dataclass(frozen=True, slots=True)
class Verb:
    """What people can do with a deployment, or with an environment."""

    #: In addresses, in ``actions`` and in the audit trail.
    name: str
    #: On buttons.
    label: str
    #: One sentence, shown beside the button.
    effect: str
    #: Where it is offered; whether it is allowed is asked each time.
    fits: tuple[Status, ...]
    #: The service; it asks again.
    act: Callable[..., Deployment]
    #: Raises the first reason against it.
    refuse: Callable[[Any, Facts], None]
    #: What to know before confirming.
    warn: Callable[[Any, Facts], Warnings]
    #: The same where nobody can choose, which is on many at once; None: no difference.
    refuse_of_many: Callable[[Any, Facts], None] | None = None
    #: Whether it makes a new deployment: one at a time for each project.
    starts: bool = True
    #: On the button that does it to many at once; then the question, and the report.
    label_of_many: str = ""
    question: str = ""
    done: str = ""
    #: Of its page, which asks first.
    url_name: str = ""


RETRY = Verb(
    name="retry",
    label="Retry",
    effect="Same commit, same configuration, same server.",
    fits=(Status.FAILED,),
    act=retry,
    refuse=rules.refuse_retry,
    warn=rules.warn_before_retry,
    label_of_many="Retry deployments",
    question="Retry these deployments with the same code and configuration?",
    done="Retried",
    url_name="deployment-retry",
)
REDEPLOY = Verb(
    name="redeploy",
    label="Redeploy",
    effect="The branch's newest commit with today's configuration.",
    fits=TERMINAL,
    act=redeploy,
    refuse=rules.refuse_redeploy,
    warn=rules.warn_before_redeploy,
    label_of_many="Redeploy",
    question="Redeploy the newest commit with today's configuration?",
    done="Redeployed",
    url_name="deployment-redeploy",
)
ROLLBACK = Verb(
    name="rollback",
    label="Roll back",
    effect="An earlier success: its commit and its configuration.",
    fits=TERMINAL,
    act=rollback,
    refuse=rules.refuse_rollback,
    warn=rules.warn_before_rollback,
    refuse_of_many=rules.refuse_rollback_without_choice,
    label_of_many="Roll back",
    question="Go back to the commit and the configuration of an earlier success?",
    done="Rolled back",
    url_name="deployment-rollback",
)
CANCEL = Verb(
    name="cancel",
    label="Cancel",
    effect="Ends what runs; the version before keeps serving.",
    fits=(Status.PENDING, Status.RUNNING),
    act=cancel,
    refuse=rules.refuse_cancel,
    warn=rules.warn_of_nothing,
    starts=False,
    label_of_many="Cancel deployments",
    question="Cancel these deployments?",
    done="Cancel requested for",
    url_name="deployment-cancel",
)
DEPLOY = Verb(
    name="deploy",
    label="Deploy",
    effect="The head of the branch, or a chosen commit, with today's configuration.",
    fits=(),
    act=deploy,
    refuse=rules.refuse_deploy,
    warn=rules.warn_before_deploy,
    url_name="environment-deploy",
)
FORCE_FINISH = Verb(
    name="force-finish",
    label="Finish by force",
    effect="Only when nobody carries out the cancel: what runs on the server is not "
    "ended.",
    fits=(Status.RUNNING,),
    act=force_finish,
    refuse=rules.refuse_force_finish,
    warn=rules.warn_of_nothing,
    starts=False,
    url_name="deployment-force-finish",
)

#: Those that ``actions`` tells of each deployment, in the order of the page.
OF_DEPLOYMENTS = {verb.name: verb for verb in (RETRY, REDEPLOY, ROLLBACK, CANCEL)}
EVERY = (DEPLOY, *OF_DEPLOYMENTS.values(), FORCE_FINISH)
