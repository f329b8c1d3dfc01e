"""What a run leaves on the server: who lives on, whether steps ended, who serves."""

from dataclasses import dataclass, field

REMOTE_STATE_UNKNOWN = (
    "The server could not be reached to end what was running there. "
    "Its state is unknown: look at it before you deploy again."
)


@dataclass
class Remains:
    """Kept while the steps run, so that it is true whenever the run ends.

    A step that was started is ``unknown`` until its result was read (``finished``) or
    it was ended and verified (``ended``).
    """

    #: Who answers at the end, as far as somebody has asked: ``new``, ``old``, ``none``
    #: or ``unknown``; empty where this run has touched nothing that serves.
    serving: str = ""
    #: Who could not be ended: "pid 7 of user bob"; empty when nobody is known.
    still_running: str = ""
    _steps: dict[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """``unknown``, ``ended`` or ``finished``, the worst of all steps; empty when
        nothing was started.
        """
        outcomes = set(self._steps.values())
        if self.still_running:
            outcomes.add("unknown")
        worst_first = ("unknown", "ended", "finished")
        return next((outcome for outcome in worst_first if outcome in outcomes), "")

    @property
    def remark(self) -> str:
        """What is not as it should be on the server, as a sentence; else empty."""
        if self.still_running:
            return f"Still runs on the server: {self.still_running}."
        return REMOTE_STATE_UNKNOWN if self.outcome == "unknown" else ""

    def started(self, step: str) -> None:
        self._steps[step] = "unknown"

    def finished(self, step: str) -> None:
        self._steps[step] = "finished"

    def ended(self, step: str) -> None:
        self._steps[step] = "ended"

    def lives_on(self, who: str) -> None:
        """Somebody refused to be ended."""
        self.still_running = ", ".join(filter(None, [self.still_running, who]))


#: Of a run that started nothing.
NOTHING = Remains()
