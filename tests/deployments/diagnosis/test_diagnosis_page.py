"""The troubleshooting page of the documentation is the catalogue itself."""

from pathlib import Path

from deployments.diagnosis import CATALOGUE
from deployments.diagnosis.page import render

PAGE = Path(__file__).parents[3] / "docs" / "troubleshooting.md"


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "renew it: python -m deployments.diagnosis.page > docs/troubleshooting.md"
    )


def test_the_page_explains_every_code_with_class_and_verb() -> None:
    page = render()

    for entry in CATALOGUE.values():
        assert f"### {entry.title}\n\n`{entry.code}` · {entry.failure_class} · " in page


def test_the_page_has_no_placeholders_left() -> None:
    assert not set("[]{}") & set(render())
