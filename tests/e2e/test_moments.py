"""Spans of time in a browser: a clock that ticks reads as the server's page reads."""

from playwright.sync_api import Page

from tests.e2e.conftest import module
from tests.projects.test_moments import SPANS

SAID = """
async ([module, spans]) => {
  const { span } = await import(module);
  return spans.map(span);
}
"""


def test_the_browser_says_a_span_as_the_server_says_it(blank: Page) -> None:
    said = blank.evaluate(SAID, [module("moments.js"), list(SPANS)])
    assert dict(zip(SPANS, said, strict=True)) == SPANS
