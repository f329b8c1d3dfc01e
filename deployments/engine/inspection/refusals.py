"""Why the server could not be reached or looked at, as a finding."""

from deployments import diagnosis
from deployments.engine.exceptions import EngineError
from deployments.engine.inspection.model import Finding, Probe, State

#: What to do, where nobody is about to retry.
_ADVICE = {
    "name_not_resolved": "Correct the server's address, or its entry in DNS.",
    "connect_refused": "Check that the machine is up, that its SSH service runs, and "
    "the port.",
    "connect_timeout": "Check that the machine is up, and that no firewall is in "
    "between.",
    "no_route": "Check the address, and the network of this console.",
    "connection_lost": "Check that an SSH service listens on this port, and that it is "
    "not overloaded.",
    "host_key_unknown": "Compare it with ssh-keygen -lf "
    "/etc/ssh/ssh_host_ed25519_key.pub on the server, then accept it.",
    "host_key_mismatch": "No credential was sent. If the machine was set up anew, "
    "compare its new key and accept it; otherwise somebody may be listening in.",
    "auth_failed": "Add the public half of the stored key to that user's "
    "~/.ssh/authorized_keys on the server, and check the user name.",
    "login_shell_unusable": "Give the account a usual shell without a forced command. "
    "Its start files for commands (~/.bashrc, ~/.zshenv, ~/.config/fish/config.fish, "
    "~/.cshrc) must not exit, start another program or read standard input.",
    "ssh_key_missing": "Store one, or let the console make one on the server's page "
    "and add its public line to the account's ~/.ssh/authorized_keys.",
    "server_key_invalid": "Store one complete private key without a passphrase.",
}


class Unanswered(Exception):
    """The server is signed in to, and did not tell what it was asked."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


def failed(probe: Probe, cause: EngineError | Unanswered) -> Finding:
    if isinstance(cause, Unanswered):
        facts = {**probe.facts, "detail": cause.detail}
        return Finding(probe.name, State.FAILED, cause.sentence, facts)
    known = diagnosis.failure(cause.code, **cause.facts)
    message = known.message
    if cause.code == "host_key_unknown":
        message += f" It shows {cause.facts['actual']}."
    facts = {"code": cause.code, **cause.facts}
    sentence = f"{message} {_ADVICE.get(cause.code, known.advice)}"
    return Finding(probe.name, State.FAILED, sentence, facts)


def skipped(probe: Probe, after: Probe) -> Finding:
    """Nothing can be said of ``probe`` as long as ``after`` fails."""
    sentence = f"Not looked at, because this comes first: {after.title.lower()}."
    return Finding(probe.name, State.SKIPPED, sentence, probe.facts)


def out_of_time(probe: Probe, seconds: float) -> Unanswered:
    what = f"{probe.title} of {probe.about}" if probe.about else probe.title
    return Unanswered(
        f"{what}: the server did not answer within {seconds:.0f} s. It is overloaded, "
        "or a disk or service there hangs."
    )


def ended_early(exit_code: int | None, output: str) -> Unanswered:
    """The script did not run to its end: there is no usual shell behind the account."""
    known = diagnosis.diagnose("connect", exit_code, output)
    last_line = output.strip().rpartition("\n")[2][:200]
    if known.code in {"command_failed", "result_unknown"}:
        printed = f" (it printed: {last_line})" if last_line else ""
        sentence = (
            f"The server did not run the inspection{printed}. Give its account a usual "
            "POSIX shell, and no forced command."
        )
        return Unanswered(sentence, last_line)
    return Unanswered(f"{known.message} {known.advice}", last_line)
