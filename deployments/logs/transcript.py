"""The events of a log as people read them: headings, notes, and lines of output."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deployments.logs.terminal import Line, Terminal, plain, text_of
from deployments.models import Event
from deployments.models.events import Kind


@dataclass(frozen=True, slots=True)
class LogPart:
    """``kind`` is step or note, with a text, or output, with the lines that ended."""

    kind: str
    text: str = ""
    lines: tuple[Line, ...] = ()


class Transcript:
    """Takes events in their order. Colours last from line to line, not over a step."""

    def __init__(self) -> None:
        self.step = ""
        self._terminal = Terminal()

    @property
    def unfinished(self) -> Line:
        """The line of output whose end has not come."""
        return self._terminal.line

    @property
    def state(self) -> str:
        """What another terminal has to be fed in order to go on from here."""
        return self._terminal.state

    def take(self, events: Iterable[Event]) -> Iterator[LogPart]:
        for event in events:
            # What people do meanwhile belongs to no step and ends none.
            if event.step not in {"", self.step}:
                yield from self.finish()
                yield LogPart("step", event.step)
                self._terminal = Terminal()
                self.step = event.step
            if event.kind == Kind.NOTE:
                yield from _output(self._terminal.end_line())
                yield LogPart("note", plain(event.text))
            else:
                yield LogPart("output", lines=tuple(self._terminal.feed(event.text)))

    def finish(self) -> Iterator[LogPart]:
        """What is left when nothing follows."""
        yield from _output(self._terminal.finish())


def text_of_parts(parts: Iterable[LogPart]) -> str:
    """Every line and every note, without the headings."""
    return "".join(map(_text, parts))


def _text(part: LogPart) -> str:
    if part.kind == "note":
        return f"{part.text}\n"
    return "".join(f"{text_of(line)}\n" for line in part.lines)


def _output(lines: list[Line]) -> Iterator[LogPart]:
    if lines:
        yield LogPart("output", lines=tuple(lines))
