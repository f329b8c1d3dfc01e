"""Deploy, redeploy, rollback, cancel and the end by force in the browser."""

import pytest

from deployments import live
from deployments.models import Deployment, Status
from projects.models import AuditEntry, Environment, User
from projects.services import change_environment, set_variable
from tests.factories import COMMIT, make_deployment, make_release
from tests.pages import Page, read, send, signed_in

OTHER = "2" * 40


def newest() -> Deployment:
    return Deployment.objects.select_related("release").latest("version")


def test_deploying_says_what_is_live_and_what_changes(
    environment: Environment, alice: User, dora: User
) -> None:
    client = signed_in(alice)
    url = f"/environments/{environment.pk}/deploy"
    assert "Live now nothing yet" in read(client, url).text
    send(client, url)
    first = newest()
    assert (first.release.git_commit, first.release.git_branch) == ("", "main")
    Deployment.objects.update(status=Status.SUCCESS, completed_at=first.created_at)
    live.put_live(first.pk)
    assert "unchanged since v1" in read(client, url).text

    change_environment(environment, by=dora, build_command="make all")
    set_variable(environment, name="API_KEY", value="s3cret-value", by=dora)

    page = read(client, url)
    assert "changed: Build command, API_KEY" in page.text
    assert "s3cret-value" not in page.html


def test_deploying_a_chosen_commit(environment: Environment, alice: User) -> None:
    client = signed_in(alice)
    url = f"/environments/{environment.pk}/deploy"
    answer = send(client, url, git_commit=COMMIT, reason="Hotfix")
    assert answer.headers["Location"] == f"/deployments/{newest().pk}"
    assert newest().release.git_commit == COMMIT


def test_a_commit_that_is_none_is_refused_beside_its_field(
    environment: Environment, alice: User
) -> None:
    url = f"/environments/{environment.pk}/deploy"
    page = Page(send(signed_in(alice), url, git_commit="main"))
    assert page.status == 400
    assert "Give a commit by its full name" in page.text
    assert not Deployment.objects.exists()


def test_a_second_deploy_is_shown_the_way_to_the_first(
    environment: Environment, alice: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    url = f"/environments/{environment.pk}/deploy"
    page = Page(send(signed_in(alice), url))
    assert page.status == 409
    assert page.links["Open v1, which is running"] == f"/deployments/{running.pk}"


def test_redeploying_takes_the_newest_commit_and_todays_configuration(
    environment: Environment, alice: User
) -> None:
    before = make_deployment(environment, by=alice, status=Status.SUCCESS)
    client = signed_in(alice)
    url = f"/deployments/{before.pk}/redeploy"
    assert "→ the head of main when it starts" in read(client, url).text

    answer = send(client, url)

    assert answer.headers["Location"] == f"/deployments/{newest().pk}"
    assert newest().release_id != before.release_id
    assert newest().retry_of is None


def test_rollback_offers_earlier_successes_with_the_newest_other_one_chosen(
    environment: Environment, alice: User
) -> None:
    successes = [
        make_deployment(
            environment,
            by=alice,
            status=Status.SUCCESS,
            release=make_release(environment, git_commit=f"{number:040x}"),
        )
        for number in range(3)
    ]
    current = successes[2]
    client = signed_in(alice)
    url = f"/deployments/{current.pk}/rollback"
    page = read(client, url)
    assert page.fields["to"] == str(successes[1].pk)
    assert page.html.count('type="radio"') == 2

    answer = send(client, url, to=str(successes[0].pk))

    assert answer.status_code == 302
    assert newest().release == successes[0].release
    assert newest().rollback_from == current


def test_rollback_to_what_is_not_offered_is_refused(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    failed = make_deployment(environment, by=alice, status=Status.FAILED)
    current = make_deployment(environment, by=alice, status=Status.SUCCESS)
    url = f"/deployments/{current.pk}/rollback"
    answer = send(signed_in(alice), url, to=str(failed.pk))
    assert answer.status_code == 400
    assert newest() == current


def test_cancelling_what_waits_ends_it_at_once(
    environment: Environment, alice: User
) -> None:
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    client = signed_in(alice)
    url = f"/deployments/{pending.pk}/cancel"
    assert "Nothing has started yet: it ends at once." in read(client, url).text

    answer = send(client, url, reason="Wrong branch")

    assert answer.headers["Location"] == f"/deployments/{pending.pk}"
    assert newest().status == Status.CANCELLED


def test_a_cancel_that_comes_too_late_says_how_it_ended(
    environment: Environment, alice: User
) -> None:
    ended = make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = Page(send(signed_in(alice), f"/deployments/{ended.pk}/cancel"))
    assert page.status == 400
    assert "v1 has already ended: success." in page.text


def test_finishing_by_force_takes_an_administrator_and_a_reason(
    environment: Environment, alice: User, dora: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    client = signed_in(alice)
    send(client, f"/deployments/{running.pk}/cancel")
    url = f"/deployments/{running.pk}/force-finish"
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "Gone"}).status_code == 403

    client = signed_in(dora)
    assert send(client, url).status_code == 400
    assert send(client, url, reason="The machine burned").status_code == 302

    assert newest().status == Status.CANCELLED
    entry = AuditEntry.objects.get(action="deployment.force_finished")
    assert entry.facts["reason"] == "The machine burned"


@pytest.mark.parametrize("verb", ["retry", "redeploy", "rollback", "cancel"])
def test_viewers_are_refused_and_strangers_find_nothing(
    environment: Environment, alice: User, bob: User, charlie: User, verb: str
) -> None:
    failed = make_deployment(environment, by=alice)
    url = f"/deployments/{failed.pk}/{verb}"
    for user, status in ((bob, 403), (charlie, 404)):
        client = signed_in(user)
        assert client.get(url).status_code == status
        assert client.post(url, {}).status_code == status
    assert newest() == failed


@pytest.mark.parametrize("verb", ["retry", "redeploy", "rollback", "deploy"])
def test_a_container_that_needs_the_port_of_the_old_one_means_a_gap(
    environment: Environment, alice: User, dora: User, verb: str
) -> None:
    change_environment(environment, by=dora, runtime="docker", docker_ports="80:80")
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    live = make_deployment(environment, by=alice, status=Status.SUCCESS)
    failed = make_deployment(environment, by=alice)
    place = {"deploy": environment, "rollback": live}.get(verb, failed)
    url = f"{'/environments' if verb == 'deploy' else '/deployments'}/{place.pk}/{verb}"
    assert "There is a short gap" in read(signed_in(alice), url).text


def test_a_container_behind_traefik_means_no_gap(
    environment: Environment, alice: User, dora: User
) -> None:
    change_environment(
        environment,
        by=dora,
        runtime="docker",
        docker_domain="shop.example.org",
        docker_port=80,
    )
    url = f"/environments/{environment.pk}/deploy"
    assert "gap" not in read(signed_in(alice), url).text
