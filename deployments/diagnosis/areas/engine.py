"""Failures of the console itself and of its own run; nobody prints them."""

from deployments.diagnosis.model import AdvisedVerb, configuration, external, unknown

FAILURES = (
    external(
        "target_busy",
        "The server is busy with another deployment",
        "Another deployment holds this place on the server[: {holder}][, since"
        " {since}].",
        "Wait until it has ended, or cancel it; then retry.",
    ),
    external(
        "target_superseded",
        "A newer deployment took over",
        "A newer attempt holds this place on the server[: {holder}], so this one"
        " stopped.",
        "Nothing to do: look at the newer deployment.",
        verb=AdvisedVerb.NONE,
    ),
    external(
        "console_behind",
        "The server is ahead of the console",
        "This server is ahead of the console[: it has seen {holder}, the console is at"
        " {version}].",
        "Was the console restored from a backup? Then let the project catch up with its"
        " servers: project admins have a button for it, and manage.py catch_up does it"
        " on the console. Then retry.",
    ),
    configuration(
        "deploy_path_overlaps",
        "The deploy path lies in that of another environment",
        "The deploy path[ {path}] and the folder[ {holder}] of another environment lie"
        " in one another, so each deployment would remove files of the other.",
        "Give this environment a folder of its own beside the other one.",
    ),
    configuration(
        "deploy_path_taken",
        "The deploy path belongs to another project",
        "The deploy path[ {path}] on the server belongs to another project[:"
        " {holder}].",
        "Give this environment a deploy path of its own. If the other project is gone"
        " for good, such as with an earlier console, remove .oec/fence below that path"
        " on the server instead, then retry.",
    ),
    external(
        "leftover_running",
        "Processes of an older attempt are still running",
        "Processes of an older attempt could not be ended on the server[: {detail}].",
        "Sign in to the server, end those processes, then retry.",
    ),
    external(
        "deploy_path_unwritable",
        "The deploy path is not writable",
        "The deploying user may not write to the deploy path[ {path}].",
        "Give that directory to the deploying user, then retry.",
        probe="write_permission",
    ),
    configuration(
        "current_not_a_link",
        "The deploy path has a current that is no link",
        "What is called current in the deploy path[ ({path})] is a directory or a file"
        " that OEC did not make, so no release can be put in its place.",
        "Move it away on the server after saving what is needed of it (mv current"
        " current.old), or give the environment another deploy path; then deploy.",
    ),
    unknown(
        "command_failed",
        "A command failed for a reason not recognized",
        "A command[ of the step {step}] failed[ with exit code {exit_code}]; its"
        " output names no cause that is known here.",
        "Read the end of the log; it decides whether the code, the configuration or"
        " the server needs a repair.",
    ),
    unknown(
        "result_unknown",
        "The result of a command is not known",
        "The connection ended before the result[ of the step {step}] could be read, so"
        " nobody knows whether the command succeeded.",
        "Look on the server at what the command left behind before deploying again.",
        probe="connection",
    ),
    unknown(
        "step_shell_killed",
        "OEC's own shell on the server was killed",
        "The shell on the server in which OEC ran the step[ {step}] was killed, or the"
        " server was started again, so nobody knows whether the command succeeded.",
        "Look for what kills processes there: a command such as pkill, killall or kill"
        " that means more than the application, a lack of memory, a restart. See on the"
        " server what the command left behind before deploying again.",
    ),
    configuration(
        "login_shell_unusable",
        "The account's login shell stands in the way",
        "The login shell[ of {username}] on the server[ {host}] did not run what it was"
        " sent[; it printed: {detail}].",
        "It must be a usual shell, without a forced command, and its start files for"
        " commands (~/.bashrc, ~/.zshenv, ~/.config/fish/config.fish, ~/.cshrc) must"
        " not exit, start another program or read standard input: ssh USER@SERVER true"
        " has to end at once. Repair that, then retry.",
    ),
    unknown(
        "reply_missing",
        "The server left out an answer",
        "A script on the server ended well without telling what it is asked for[:"
        " {detail}].",
        "Read in the log what was printed instead, and check the server; if nothing"
        " there explains it, report it.",
        probe="connection",
    ),
    unknown(
        "step_timeout",
        "A step took too long",
        "The step[ {step}] was ended because it took longer than the environment"
        " allows[ ({seconds} seconds)].",
        "See in the log what it waited for; raise the step's time limit only if it was"
        " still making progress.",
    ),
    unknown(
        "silence_timeout",
        "A command stopped printing",
        "A command[ of the step {step}] was ended because it printed nothing for"
        " longer than the environment allows[ ({seconds} seconds)].",
        "See in the log what it waited for (often a question that nobody could"
        " answer); raise the limit if long silence is normal for it.",
    ),
    unknown(
        "total_timeout",
        "The deployment took too long",
        "The deployment was ended because it took longer than the environment allows["
        " ({seconds} seconds)].",
        "Compare the steps' times with those of an earlier success before raising the"
        " limit.",
    ),
    unknown(
        "verify_failed",
        "The verify command failed",
        "The verify command failed[ with exit code {exit_code}], and the version before"
        " was not touched[: {detail}].",
        "Read what it printed, then choose: Redeploy for a fix in the code, Retry if"
        " something it needs was down. What the release command did before it stays.",
    ),
    unknown(
        "application_ended",
        "The application ended after its start",
        "What was started has ended, so the health check did not wait on[: {detail}].",
        "Read the application's own log on the server, then choose: Redeploy for a fix"
        " in the code, Retry if something it needs was down.",
    ),
    unknown(
        "health_check_failed",
        "The new version is not healthy",
        "The new version did not pass its health check[: {detail}].",
        "Read the application's own log on the server, then choose: Redeploy for a fix"
        " in the code, Retry if something it needs was down.",
    ),
    unknown(
        "commit_mismatch",
        "Another commit than expected is live",
        "After the switch the server does not run the deployed commit[ {expected}][ but"
        " {actual}].",
        "Find out who or what else changes this place on the server before deploying"
        " again.",
    ),
    external(
        "worker_lost",
        "The console lost the worker",
        "The worker that ran this deployment stopped reporting, so its result is not"
        " known. The server may already run this version.",
        "Check that the console's worker is running, then retry.",
    ),
    external(
        "worker_shutdown",
        "The console was stopped",
        "The console's worker was shut down before the deployment was finished.",
        "Retry once the console is running again.",
    ),
    external(
        "never_started",
        "The deployment never started",
        "No worker took this deployment in time.",
        "Check that the console's worker and dispatcher are running, then retry.",
    ),
    external(
        "permission_revoked",
        "The right to deploy was withdrawn",
        "The person who asked for this deployment may no longer deploy here.",
        "Let somebody who may deploy start it.",
        verb=AdvisedVerb.NONE,
    ),
    configuration(
        "target_unavailable",
        "The environment or its server is gone",
        "The environment or its server was removed or disabled[: {detail}].",
        "Enable it or give the environment another server, then use Redeploy.",
    ),
    unknown(
        "internal_error",
        "An error inside the console",
        "The console itself failed[: {detail}].",
        "Report this with the time of the deployment; the console's own log has the"
        " details.",
    ),
    external(
        "console_disk_full",
        "The console's disk is full",
        "There is no space left on the console's own disk, so the deployment could not"
        " go on.",
        "Free or add disk space (also free inodes) on the console, where its data"
        " folder lies, then retry.",
    ),
    external(
        "decrypt_failed",
        "A stored secret cannot be decrypted",
        "A stored secret cannot be read[: {detail}]; the console's encryption key is"
        " not the one it was stored with.",
        "Put the console's former encryption key back beside the new one, then retry.",
    ),
    external(
        "cancelled",
        "The deployment was cancelled",
        "The deployment was cancelled[ by {holder}].",
        "Deploy again when you are ready.",
        verb=AdvisedVerb.NONE,
    ),
)
