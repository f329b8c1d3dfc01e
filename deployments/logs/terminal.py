"""What a terminal would show of a command's output: lines of text in 16 colours.

Sequences that select colours and weights (SGR; ECMA-48, section 8.3.117) are told, all
others are left out and never obeyed: cursor moves, titles, links, device strings, lone
escapes and controls. What is left unended shows as text. A line ends with LF; text
that follows a CR replaces what its line held. Marks that turn the direction of text
become U+FFFD. Time and memory grow with the output, whatever it holds.

``static/js/terminal.js`` follows the same rules for what arrives live, and
``tests/deployments/logs/terminal.json`` holds the cases that both are tested with.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

#: A longer line is cut, in characters.
MAX_LINE = 16_384
#: From here on a line keeps the colours that it has.
MAX_RUNS = 256

#: Text, and the SGR codes that apply to it: 1 to 4, 7, 30 to 37 and 90 to 97 for the
#: ink, 40 to 47 and 100 to 107 for the ground, in ascending order.
Run = tuple[tuple[int, ...], str]
Line = list[Run]

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<parameters>[0-?]{0,100})(?P<between>[ -/]{0,4})(?P<final>[@-~])"
    # Titles, links and device strings, up to their end.
    r"|[\]PX^_][^\x07\x1b\n\r]{0,4096}(?:\x07|\x1b\\)"
    r"|[ -/]{1,4}[0-~]"
    r"|[0-~]"
    r")?"
    r"|[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]"
)
#: Its end may come with the next output. No longer than a whole one can be.
_UNFINISHED = re.compile(
    r"\x1b(?:"
    r"\[[0-?]{0,100}[ -/]{0,4}"
    r"|[\]PX^_][^\x07\x1b\n\r]{0,4096}\x1b?"
    r"|[ -/]{0,4}"
    r")\Z"
)
_SELECTION = re.compile(r"[0-9;:]*")
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")

#: What a code switches on; codes of one kind replace each other.
_KINDS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse"}
_KINDS |= dict.fromkeys((*range(30, 38), *range(90, 98)), "ink")
_KINDS |= dict.fromkeys((*range(40, 48), *range(100, 108)), "ground")
_ENDS = {
    0: tuple(dict.fromkeys(_KINDS.values())),
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("inverse",),
    39: ("ink",),
    49: ("ground",),
}
#: Colours by number or by red, green and blue; 58 is that of an underline.
_EXTENDED = {38: 30, 48: 40, 58: None}
_NUMBERS = {5: 1, 2: 3}
#: What xterm takes for the 16 colours.
_PALETTE = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0)),
    *((0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0)),
    *((92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)),
)
_CUBE = (0, 95, 135, 175, 215, 255)


class Terminal:
    """Takes output in whatever pieces it arrives; colours last until they end."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._selected: tuple[int, ...] = ()
        self._runs: list[tuple[tuple[int, ...], list[str]]] = []
        self._length = 0
        self._has_returned = False
        self._held = ""

    @property
    def line(self) -> Line:
        """The line whose end has not come."""
        return [(codes, "".join(pieces)) for codes, pieces in self._runs]

    @property
    def state(self) -> str:
        """Output that makes a new terminal go on where this one is."""
        written = "".join(f"{_selecting(codes)}{text}" for codes, text in self.line)
        back = "\r" if self._has_returned else ""
        return f"{written}{_selecting(self._selected)}{back}{self._held}"

    def feed(self, output: str) -> list[Line]:
        """The lines that end with this output."""
        text = self._held + output
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._held = text[end:]
        return list(self._lines(text[:end]))

    def end_line(self) -> list[Line]:
        """The line whose end has not come, if there is one; what follows is another."""
        return [self._end()] if self._runs else []

    def finish(self) -> list[Line]:
        """As ``end_line``, when nothing will follow that could end a sequence."""
        held, self._held = self._held, ""
        return [*self._lines(held), *self.end_line()]

    def _lines(self, text: str) -> Iterator[Line]:
        position = 0
        for sequence in _SEQUENCE.finditer(text):
            yield from self._print(text[position : sequence.start()])
            position = sequence.end()
            if sequence[0] == "\n":
                yield self._end()
            elif sequence[0] == "\r":
                self._has_returned = True
            elif sequence["final"] == "m" and not sequence["between"]:
                self._select(sequence["parameters"])
        yield from self._print(text[position:])

    def _print(self, text: str) -> Iterator[Line]:
        if text and self._has_returned:
            self._end()
        start = 0
        while self._length + len(text) - start > MAX_LINE:
            stop = start + MAX_LINE - self._length
            self._add(text[start:stop])
            start = stop
            yield self._end()
        self._add(text[start:])

    def _add(self, text: str) -> None:
        if not text:
            return
        is_new = not self._runs or self._runs[-1][0] != self._selected
        if is_new and len(self._runs) < MAX_RUNS:
            self._runs.append((self._selected, []))
        self._runs[-1][1].append(_DIRECTION_MARKS.sub("\ufffd", text))
        self._length += len(text)

    def _end(self) -> Line:
        line = self.line
        self._runs = []
        self._length = 0
        self._has_returned = False
        return line

    def _select(self, parameters: str) -> None:
        if not _SELECTION.fullmatch(parameters):
            return
        for code in _codes(parameters):
            for kind in _ENDS.get(code, ()):
                self._codes.pop(kind, None)
            if code in _KINDS:
                self._codes[_KINDS[code]] = code
        self._selected = tuple(sorted(self._codes.values()))


def plain(output: str) -> str:
    """The text alone of one complete output."""
    terminal = Terminal()
    lines = [*terminal.feed(output), *terminal.finish()]
    return "\n".join(text_of(line) for line in lines)


def text_of(line: Line) -> str:
    return "".join(text for _, text in line)


def _selecting(codes: tuple[int, ...]) -> str:
    return f"\x1b[{';'.join(map(str, (0, *codes)))}m"


@lru_cache(maxsize=1024)
def _codes(parameters: str) -> tuple[int, ...]:
    """The codes of a selection, other colours by the nearest of the 16."""
    codes: list[int] = []
    words = iter(parameters.split(";"))
    for word in words:
        first, *details = map(_number, word.split(":"))
        if first in _EXTENDED:
            kind, *numbers = details or _details(words)
            colour = _colour(kind, numbers)
            base = _EXTENDED[first]
            if base is not None and colour is not None:
                codes.append(base + colour + (52 if colour > 7 else 0))
        elif details:
            # Underlines come in kinds; 4:0 is none. Nothing else has any.
            codes += [24 if details[0] == 0 else 4] if first == 4 else []
        else:
            codes.append(4 if first == 21 else first)
    return tuple(codes)


def _number(word: str) -> int:
    return int(word or 0)


def _details(words: Iterator[str]) -> list[int]:
    """What follows 38, 48 or 58 after a semicolon: as many as their kind needs."""
    kind = _number(next(words, ""))
    rest = (next(words, None) for _ in range(_NUMBERS.get(kind, 0)))
    return [kind, *(_number(word) for word in rest if word is not None)]


def _colour(kind: int, numbers: list[int]) -> int | None:
    """The nearest of the 16; None when the numbers mean no colour."""
    # With colons, the colour space may stand before red, green and blue.
    numbers = numbers[1:4] if kind == 2 and len(numbers) > 3 else numbers
    is_none = kind not in _NUMBERS or len(numbers) < _NUMBERS[kind]
    if is_none or max(numbers) > 255:
        return None
    if kind == 2:
        return _nearest(numbers[0], numbers[1], numbers[2])
    index = numbers[0]
    if index < 16:
        return index
    if index < 232:
        cube = index - 16
        return _nearest(*(_CUBE[cube // size % 6] for size in (36, 6, 1)))
    return _nearest(*[8 + 10 * (index - 232)] * 3)


def _nearest(red: int, green: int, blue: int) -> int:
    def distance(index: int) -> int:
        r, g, b = _PALETTE[index]
        return (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2

    return min(range(16), key=distance)
