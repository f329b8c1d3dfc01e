"""What people do meanwhile is noted, and cuts no line of the output in two."""

import pytest

from deployments.logs.text import AsRead, AsStored, Writer
from deployments.models import Event
from deployments.models.events import Kind


def output(text: str, step: str = "build") -> Event:
    return Event(kind=Kind.LOG, step=step, text=text)


def note(text: str, step: str = "") -> Event:
    return Event(kind=Kind.NOTE, step=step, text=text)


ASKED = note("alice asked to cancel.")
CASES = {
    "between two lines it stands where it came": (
        [output("one\n"), ASKED, output("two\n")],
        "one\nalice asked to cancel.\ntwo\n",
    ),
    "within a line it waits for the end of it": (
        [output("one\ntw"), ASKED, output("o\nthree\n")],
        "one\ntwo\nalice asked to cancel.\nthree\n",
    ),
    "a line may come in many pieces": (
        [output("o"), ASKED, output("n"), output("e"), output("\ntwo\n")],
        "one\nalice asked to cancel.\ntwo\n",
    ),
    "several keep their order": (
        [output("o"), ASKED, note("Connected again.", "build"), output("ne\n")],
        "one\nalice asked to cancel.\nConnected again.\n",
    ),
    "where the line goes on no more it follows it": (
        [output("half"), ASKED],
        "half\nalice asked to cancel.\n",
    ),
    "a line does not go on in the next step": (
        [output("half"), ASKED, output("one\n", "release")],
        "half\nalice asked to cancel.\none\n",
    ),
}


@pytest.mark.parametrize("writer", [AsRead, AsStored])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("at_once", [1, 20])
def test_no_note_cuts_a_line_in_two(
    case: str, writer: type[Writer], at_once: int
) -> None:
    events, expected = CASES[case]
    log = writer()
    parts = (events[at : at + at_once] for at in range(0, len(events), at_once))
    assert "".join([*map(log.write, parts), log.finish()]) == expected
