"""The log in a browser: the same rules as on the server, colours that can be read."""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deployments import services
from projects.models import User
from projects.services import change_environment
from tests.deployments.logs.test_terminal import (
    CASES,
    HOSTILE,
    MEGABYTE,
    output_of,
    written,
)
from tests.e2e.conftest import Shop, module
from tests.e2e.test_retry import SECONDS, sign_in
from tests.processes import ROOT, Console

INKS = [*range(30, 38), *range(90, 98)]
GROUNDS = [*range(40, 48), *range(100, 108)]
#: WCAG 2.2, success criterion 1.4.3.
ENOUGH = 4.5

SHOWN = """
async ([module, outputs]) => {
  const { Terminal } = await import(module);
  return outputs.map((chunks) => {
    const terminal = new Terminal();
    const lines = chunks.flatMap((chunk) => terminal.feed(chunk));
    return [...lines, ...terminal.finish()];
  });
}
"""
CONTRASTS = """
() => {
  const numbers = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const unit = (colour) => (colour.startsWith("rgb") ? 255 : 1);
  const parts = (colour) => numbers(colour).map((part) => part / unit(colour));
  const linear = (part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const luminance = (colour) => {
    const [red, green, blue] = parts(colour).map(linear);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return [...document.querySelectorAll("span")].map((span) => {
    const { color, backgroundColor } = getComputedStyle(span);
    const [dark, light] = [color, backgroundColor].map(luminance).sort((a, b) => a - b);
    return [span.className, (light + 0.05) / (dark + 0.05)];
  });
}
"""
RUNS = """
(log) => [...log.querySelectorAll("p, pre")].flatMap((part) =>
  part.matches("p")
    ? [[part.className, part.textContent]]
    : [...part.childNodes].map((run) => [run.className ?? "", run.textContent])
)
"""


def displayed(page: Page, outputs: list[list[str]]) -> list[list[list[Any]]]:
    """What the browser's module makes of each output, as the cases write it."""
    answers = page.evaluate(SHOWN, [module("terminal.js"), outputs])
    return [
        [[[run["codes"], run["text"]] for run in line] for line in lines]
        for lines in answers
    ]


def expected(case: dict[str, Any]) -> list[Any]:
    return [[[codes, written(text)] for codes, text in line] for line in case["lines"]]


def test_the_browser_shows_what_the_server_shows(blank: Page) -> None:
    whole = displayed(blank, [output_of(case) for case in CASES])
    cut = displayed(blank, [list("".join(output_of(case))) for case in CASES])
    for case, at_once, by_character in zip(CASES, whole, cut, strict=True):
        assert at_once == expected(case), case["name"]
        assert by_character == expected(case), case["name"]


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_output_does_not_hold_the_browser_up(blank: Page, unit: str) -> None:
    output = unit * (MEGABYTE // len(unit) or 1)
    pieces = [output[at : at + 65_536] for at in range(0, len(output), 65_536)]
    begun = time.monotonic()
    (lines,) = displayed(blank, [pieces])
    assert time.monotonic() - begun < 20
    assert "\x1b" not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read_on_every_ground(blank: Page, scheme: Any) -> None:
    spans = "".join(
        f'<span class="{" ".join(f"sgr-{code}" for code in codes if code)}">x</span>'
        for ink in (0, *INKS)
        for ground in (0, *GROUNDS)
        for dim in (0, 2)
        for inverse in (0, 7)
        if any(codes := (dim, inverse, ink, ground))
    )
    blank.emulate_media(color_scheme=scheme)
    blank.set_content(f'<div class="log"><pre class="log-block">{spans}</pre></div>')
    for sheet in ("colours", "base", "log", "terminal"):
        blank.add_style_tag(content=(ROOT / f"static/css/{sheet}.css").read_text())

    contrasts = blank.evaluate(CONTRASTS)

    assert len(contrasts) == 17 * 17 * 4 - 1
    assert [pair for pair in contrasts if pair[1] < ENOUGH] == []


@pytest.mark.django_db(transaction=True)
def test_what_arrived_live_looks_the_same_after_reloading(
    shop: Shop, page: Page, console: Console, alice: User, dora: User
) -> None:
    shop.sshd.start()
    gates = [shop.sshd.directory / f"gate{number}" for number in range(2)]
    wait = [f"until test -e {gate}; do sleep 0.05; done;" for gate in gates]
    printed = (
        rf"printf 'half '; {wait[0]} printf '\033[3'; sleep 0.5; printf '1mred\n';"
        # Ends with a space: a last character may be held back, as the first one of a
        # secret that is written in another form.
        rf"printf '10 \045\r50 \045 '; {wait[1]} printf '\r100 \045\r\n';"
        r"printf '\033]0;title\007\033[0;1mbold\033[m \033[38;5;208mother\n';"
        r"seq 300; printf '</pre><b>\342\200\256 end'"
    )
    change_environment(
        shop.environment, by=dora, build_command=printed, release_command="echo plain"
    )
    sign_in(page)
    deployment = services.deploy(shop.environment, by=alice)
    page.goto(deployment.get_absolute_url())
    console.worker()
    log, heading = page.locator("#log"), page.get_by_role("heading", level=1)
    for gate, unfinished in zip(gates, ["half ", "50 % "], strict=True):
        expect(log.locator(".log-unfinished")).to_have_text(unfinished, timeout=SECONDS)
        page.reload()
        expect(log.locator(".log-unfinished")).to_have_text(unfinished)
        gate.touch()
    expect(heading).to_contain_text("Success", timeout=SECONDS)
    expect(log).to_contain_text("plain")
    live = flat(log.evaluate(RUNS))

    page.reload()

    assert flat(log.evaluate(RUNS)) == live
    for run in (
        *(["sgr-31", "100 %"], ["sgr-1", "bold"], ["sgr-33", "other"]),
        ["sgr-33", "</pre><b>\ufffd end"],
    ):
        assert run in live
    assert live[live.index(["sgr-31", "red"]) - 1][1].endswith("half ")
    assert not any("title" in text or "\x1b" in text for _, text in live)


def flat(runs: list[list[str]]) -> list[list[str]]:
    """Neighbours of one kind as one: blocks may be cut in other places."""
    joined: list[list[str]] = []
    for kind, text in runs:
        if joined and joined[-1][0] == kind == "":
            joined[-1][1] += text
        elif text:
            joined.append([kind, text])
    return joined
