"""manage.py up: the whole console as one process to start and to stop."""

import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from deployments.management.demo.folder import DemoFolder
from oec.supervisor import Child, Supervisor

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))
#: Web requests that still run by then, such as a live log, are cut.
WEB_GRACE_SECONDS = 5
#: What a worker may need beyond its own grace to write down how its runs ended.
MARGIN_SECONDS = 10


class Command(BaseCommand):
    help = "Run web, worker and dispatcher, and the demo's server if there is a demo."

    def handle(self, *args: Any, **options: Any) -> None:
        demo = DemoFolder.of_this_console()
        _refuse_unfit_database()
        _refuse_taken_port(settings.HOST, settings.PORT, "Set OEC_PORT to another.")
        children = _console(with_demo=demo.is_seeded)
        if demo.is_seeded:
            advice = f"Or remove {demo.path} and seed the demo again, on another port."
            _refuse_taken_port("127.0.0.1", demo.port, advice)
            children.insert(0, Child("server", demo.server_command(), stop_last=True))
        grace_seconds = settings.SHUTDOWN_GRACE_SECONDS + MARGIN_SECONDS
        Supervisor(children, sys.stdout, grace_seconds).run()


def _refuse_unfit_database() -> None:
    # In a process of its own: with a connection pool open, this one would have threads,
    # and a process with threads should not fork.
    check = subprocess.run([*MANAGE, "migrate", "--check"], capture_output=True)
    if not check.returncode:
        return
    # Without a reason it is what was asked: something is left to migrate.
    raise CommandError(
        check.stderr.decode(errors="replace").strip()
        or "The database is not up to date. Run: python manage.py migrate"
    )


def _refuse_taken_port(host: str, port: int, advice: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host} port {port}: {error.strerror}. "
            f"Stop what uses it, perhaps another console. {advice}"
        ) from error


def _console(*, with_demo: bool) -> list[Child]:
    # "-m celery" and "-m uvicorn" look for the package oec here, wherever we started.
    environment = {"PYTHONPATH": str(settings.BASE_DIR)}
    if with_demo:
        environment["OEC_ALLOW_LOCAL_GIT"] = "true"
    commands = {
        "web": _web(),
        "worker": _worker(),
        "dispatcher": [*MANAGE, "dispatcher"],
    }
    return [Child(name, command, environment) for name, command in commands.items()]


def _web() -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", "oec.asgi:application"),
        *("--host", settings.HOST, "--port", str(settings.PORT)),
        *("--timeout-graceful-shutdown", str(WEB_GRACE_SECONDS)),
        *("--lifespan", "off", "--no-access-log"),
        # Whose X-Forwarded-… to believe is decided by OEC_PROXIES, in one place.
        "--no-proxy-headers",
    ]


def _worker() -> list[str]:
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "oec"]
    return [*celery, "worker", "--loglevel", "INFO"]
