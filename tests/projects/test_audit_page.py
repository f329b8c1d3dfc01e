"""Who did what, in the browser."""

from projects import audit
from projects.models import Project, User
from projects.views.audit import PAGE_SIZE
from tests.pages import queries_of, read, signed_in


def test_it_tells_actor_action_object_and_facts(project: Project, bob: User) -> None:
    audit.record(bob, "project.looked_at", project, project=project, is_secret=False)
    page = read(signed_in(bob), "/audit")
    assert "bob project.looked_at Shop project is secret no" in page.text


def test_a_stranger_reads_nothing_of_it(project: Project, charlie: User) -> None:
    assert "Shop" not in read(signed_in(charlie), "/audit").text


def test_older_entries_stand_on_further_pages(project: Project, dora: User) -> None:
    for number in range(PAGE_SIZE):
        audit.record(dora, f"act.number_{number}", project, project=project)
    client = signed_in(dora)
    first = read(client, "/audit")
    assert "project.created" not in first.text
    second = read(client, f"/audit{first.links['Older']}")
    assert "project.created" in second.text
    assert "Older" not in second.links
    assert read(client, f"/audit{second.links['Newest']}").text == first.text


def test_a_malformed_place_is_the_first_page(project: Project, dora: User) -> None:
    for before in ("x", "-1", "9" * 40, "²"):
        read(signed_in(dora), f"/audit?before={before}")


def test_more_entries_take_no_more_queries(project: Project, dora: User) -> None:
    client = signed_in(dora)
    queries = queries_of(client, "/audit")
    for number in range(9):
        audit.record(dora, f"act.number_{number}", project, project=project)
    assert queries_of(client, "/audit") == queries
