"""The catalogue as a whole: complete, consistent, in plain sentences."""

import re

import pytest

from deployments.diagnosis import (
    CATALOGUE,
    AdvisedVerb,
    Failure,
    FailureClass,
    diagnose,
    failure,
)
from deployments.diagnosis.catalogue import AREAS
from deployments.diagnosis.model import FACTS, PROBES, STEPS
from deployments.diagnosis.order import RULES

ENGINE_CODES = """
    connect_refused connect_timeout no_route name_not_resolved auth_failed
    host_key_mismatch host_key_unknown connection_lost ssh_key_missing
    server_key_invalid
    git_unreachable git_auth_failed git_repository_not_found git_branch_not_found
    commit_unavailable git_url_refused git_timeout
    target_busy target_superseded deploy_path_taken leftover_running tool_missing
    deploy_path_unwritable disk_full
    command_failed result_unknown step_timeout silence_timeout total_timeout
    verify_failed application_ended
    health_check_failed commit_mismatch
    step_shell_killed login_shell_unusable reply_missing
    shared_file_missing shared_path_unusable shared_path_blocked
    unit_not_found sudo_refused user_manager_missing systemd_missing
    worker_lost worker_shutdown never_started permission_revoked target_unavailable
    internal_error decrypt_failed cancelled console_disk_full git_missing
""".split()

every_entry = pytest.mark.parametrize(
    "entry", CATALOGUE.values(), ids=lambda entry: entry.code
)


@pytest.mark.parametrize("code", ENGINE_CODES)
def test_every_failure_of_the_engine_is_in_the_catalogue(code: str) -> None:
    assert CATALOGUE[code].code == code


def test_no_code_is_defined_twice() -> None:
    assert sum(len(failures) for failures in AREAS.values()) == len(CATALOGUE)


def test_the_catalogue_explains_many_failures() -> None:
    assert len(CATALOGUE) >= 100


def test_every_rule_names_a_failure_of_the_catalogue() -> None:
    assert {rule.code for rule in RULES} <= set(CATALOGUE)


def test_rules_speak_of_real_steps_and_known_facts_only() -> None:
    for rule in RULES:
        assert rule.steps <= STEPS, rule
        for pattern in rule.patterns:
            assert set(re.compile(pattern).groupindex) <= FACTS, pattern


@every_entry
def test_a_failure_of_the_code_is_never_retried(entry: Failure) -> None:
    if entry.failure_class is FailureClass.CODE:
        assert entry.verb is AdvisedVerb.REDEPLOY
    if entry.verb is AdvisedVerb.RETRY:
        assert entry.failure_class is FailureClass.EXTERNAL
    if entry.failure_class is FailureClass.UNKNOWN:
        assert entry.verb is AdvisedVerb.NONE


@every_entry
def test_a_probe_is_one_that_exists(entry: Failure) -> None:
    assert entry.probe in PROBES | {""}


@every_entry
def test_facts_stand_only_in_parts_that_may_be_left_out(entry: Failure) -> None:
    outside = re.sub(r"\[[^\[\]]*\]", "", entry.sentence)

    assert not set("[]{}") & set(outside)
    assert set(re.findall(r"\{(\w+)\}", entry.sentence)) <= FACTS


@every_entry
def test_the_sentence_is_whole_with_and_without_its_facts(entry: Failure) -> None:
    facts = dict.fromkeys(FACTS, "something")

    for message in (failure(entry.code).message, failure(entry.code, **facts).message):
        assert re.fullmatch(r"[A-Z][^\n\[\]{}]+\.", message), message
        assert "  " not in message
        assert not re.search(r" [.,:;]|[,:;]\.|\.\.", message), message


@every_entry
def test_title_and_advice_read_well(entry: Failure) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", entry.code)
    assert not entry.title.endswith(".")
    assert entry.advice.endswith(".")
    assert len(entry.title) <= 72


def test_the_spec_s_examples_get_the_verbs_the_spec_gives_them() -> None:
    retried = {
        ("connect", "Failed to connect to server: Connection timeout"),
        ("transfer", "write error: No space left on device"),
        ("connect", "deploy@192.0.2.1: Permission denied (publickey)."),
        ("resolve", "fatal: Could not read from remote repository."),
        ("build", "toomanyrequests: You have reached your pull rate limit."),
        ("build", "denied: requested access to the resource is denied"),
        ("build", "virtual memory exhausted: Cannot allocate memory"),
        ("connect", "ssh: Could not resolve hostname web1: Name or service not known"),
    }
    for step, output in retried:
        assert diagnose(step, 1, output).verb is AdvisedVerb.RETRY, output

    missing_module = diagnose("release", 1, "Module 'sale' not found in addons path")
    assert missing_module.failure_class is FailureClass.CODE
    assert missing_module.verb is AdvisedVerb.REDEPLOY
