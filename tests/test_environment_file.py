"""The environment file: one rule for whoever reads it, and no line that is doubtful."""

import os
import subprocess
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

from oec.environment import add_variables_of_file

ALIKE = r"""# A comment, and "quotes" in it; $HOME
  # indented, like the next line

  OEC_LOG_LEVEL=DEBUG
OEC_SECRET_KEY='a b#c"d$HOME`e`!'
OEC_TOKEN_KEY="it's a #word"
OEC_ALLOWED_HOSTS=localhost,127.0.0.1,[::1]
OEC_GIT_ALLOWED_HOSTS=*
DATABASE_URL=postgresql://oec:p%40ss@127.0.0.1:5432/oec?sslmode=require
OEC_ENCRYPTION_KEYS=q9-Xw_4=,t0=
REDIS_URL=
OEC_DEMO_PASSWORD=''
OEC_PORT=8000
OEC_PORT=8001
http_proxy="http://proxy:3128/"
"""
ALIKE += "OEC_HTTPS=true \t\n"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """This process's own, for as long as the test runs."""
    environment = {"PATH": os.environ["PATH"]}
    monkeypatch.setattr(os, "environ", environment)
    return environment


def test_a_file_is_read_as_a_shell_and_other_programs_read_it(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    file = tmp_path / "oec.env"
    file.write_text(ALIKE)
    script = "set -a; . ./oec.env; exec env -0"
    shell = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True
    )
    by_shell = dict(
        line.split("=", 1) for line in shell.stdout.decode().strip("\0").split("\0")
    )

    add_variables_of_file(str(file), beside=tmp_path)

    assert environment["OEC_SECRET_KEY"] == 'a b#c"d$HOME`e`!'
    assert (environment["OEC_PORT"], environment["REDIS_URL"]) == ("8001", "")
    assert environment["OEC_HTTPS"] == "true"
    assert environment.items() <= by_shell.items()
    assert dotenv_values(file).items() <= environment.items()


def test_what_the_environment_says_itself_counts(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / ".env").write_text("OEC_PORT=8001\nOEC_HOST=::1\n")
    environment["OEC_PORT"] = "9000"
    add_variables_of_file("", beside=tmp_path)
    assert (environment["OEC_PORT"], environment["OEC_HOST"]) == ("9000", "::1")


def test_another_file_is_read_instead_of_the_one_beside(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / ".env").write_text("OEC_PORT=8001\n")
    (tmp_path / "other").write_text("OEC_HOST=::1\n")
    add_variables_of_file(str(tmp_path / "other"), beside=tmp_path)
    assert "OEC_PORT" not in environment
    assert environment["OEC_HOST"] == "::1"


def test_none_is_needed_unless_it_is_named(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    add_variables_of_file("", beside=tmp_path)
    with pytest.raises(ImproperlyConfigured, match=r"no environment file .*OEC_ENV"):
        add_variables_of_file(str(tmp_path / "gone"), beside=tmp_path)
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        add_variables_of_file(str(tmp_path), beside=tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "export OEC_SECRET_KEY=s3cret",
        "OEC_SECRET_KEY = s3cret",
        "OEC_SECRET_KEY= s3cret",
        "OEC_SECRET_KEY",
        "OEC_SECRET_KEY: s3cret",
        "OEC_SECRET_KEY=s3cret s3cret",
        "OEC_SECRET_KEY=s3cret # a comment",
        "OEC_SECRET_KEY=s3cret$HOME",
        'OEC_SECRET_KEY="s3cret$HOME"',
        'OEC_SECRET_KEY="s3cret`id`"',
        r"OEC_SECRET_KEY=s3cret\n",
        r"OEC_SECRET_KEY='s3cret\n'",
        "OEC_SECRET_KEY=s3cret\\",
        "OEC_SECRET_KEY='s3cret",
        "OEC_SECRET_KEY='s3cret'tail",
        "OEC_SECRET_KEY=s3cret'tail'",
        "OEC_SECRET_KEY=~/s3cret",
        "OEC_SECRET_KEY=s3cret;id",
        "OEC_SECRET_KEY=s3cret&id",
        "OEC_SECRET_KEY=(s3cret)",
        "OEC_SECRET_KEY=s3crét",
        "OEC_SECRET_KEY=s3cret\r",
        "OEC-SECRET-KEY=s3cret",
        "; s3cret",
        "# s3cret goes on here \\",
        "# s3cret\rOEC_PORT=1",
        "\ufeffOEC_SECRET_KEY=s3cret",
        "s3cret()  { id; }",
    ],
)
def test_a_line_that_others_read_differently_is_refused_with_its_number(
    line: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    before = dict(environment)
    # As bytes: a carriage return is meant.
    (tmp_path / ".env").write_bytes(f"OEC_PORT=8001\n\n{line}\n".encode())
    with pytest.raises(ImproperlyConfigured) as refusal:
        add_variables_of_file("", beside=tmp_path)
    assert f"{tmp_path}/.env, line 3: " in str(refusal.value)
    assert "s3cr" not in str(refusal.value)
    assert environment == before


def test_a_file_of_another_system_is_refused_without_naming_each_line(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / ".env").write_bytes(b"OEC_PORT=8001\r\n" * 30)
    with pytest.raises(ImproperlyConfigured, match="line 1, 2, 3, 4, 5, …: "):
        add_variables_of_file("", beside=tmp_path)
