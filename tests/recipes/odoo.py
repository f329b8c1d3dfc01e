"""A stand-in for Odoo 17: modules, an update, a database in a file, a web server.

It reads the same options and configuration as Odoo, says what Odoo says, and ends like
it: with 0 although a module could not be loaded.
"""
# ruff: noqa: T201 - Odoo logs to standard error

import argparse
import ast
import configparser
import json
import os
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

UNREACHABLE = """\
Traceback (most recent call last):
  File "/opt/odoo/odoo/sql_db.py", line 763, in borrow
    result = psycopg2.connect(
psycopg2.OperationalError: connection to server at "127.0.0.1", port 5432 failed: \
Connection refused
\tIs the server running on that host and accepting TCP/IP connections?"""
NOT_LOADED = (
    "Some modules are not loaded, some dependencies or manifest may be missing: {0}"
)


def main() -> None:
    options = read_options()
    configuration = configparser.ConfigParser()
    if not configuration.read(options.config):
        end(
            f"odoo: error: The config file '{options.config}' selected with "
            "-c/--config doesn't exist or is not readable, use -s/--save if you want "
            "to generate it",
            2,
        )
    settings = configuration["options"]
    paths = (options.addons_path or settings["addons_path"]).split(",")
    for path in paths:
        if not Path(path).is_dir():
            end(f"odoo: error: option --addons-path: no such directory: '{path}'", 2)
    odoo = Odoo(settings["db_name"], Path(settings["data_dir"]), paths)
    if options.update:
        odoo.update(options.update.split(","))
    if not options.stop_after_init:
        odoo.serve(settings["http_interface"], int(settings["http_port"]))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="odoo")
    parser.add_argument("-c", "--config", default="odoo.conf")
    parser.add_argument("--addons-path")
    parser.add_argument("-u", "--update")
    parser.add_argument("--stop-after-init", action="store_true")
    parser.add_argument("--no-http", action="store_true")
    return parser.parse_args()


class Odoo:
    """One database with the modules that are found in the addons paths."""

    def __init__(self, name: str, data_dir: Path, paths: list[str]) -> None:
        self.name = name
        self.file = data_dir / f"{name}.json"
        self.modules = {
            manifest.parent.name: ast.literal_eval(manifest.read_text())
            for path in paths
            for manifest in Path(path).glob("*/__manifest__.py")
        }
        self.log("INFO", "odoo", f"addons paths: {paths}")

    def update(self, names: list[str]) -> None:
        installed = self._connect()
        missing = [name for name in names if not self._is_loadable(name)]
        for name in names:
            if name not in missing:
                version = self.modules[name]["version"]
                self.log(
                    "INFO",
                    "odoo.modules.migration",
                    f"module {name}: Running migration [{version}>] post-migrate",
                )
                installed[name] = version
        if missing:
            self.log("ERROR", "odoo.modules.loading", NOT_LOADED.format(missing))
        self.file.write_text(json.dumps(installed))
        self.log("INFO", "odoo.modules.registry", "Registry loaded in 0.100s")

    def serve(self, interface: str, port: int) -> None:
        odoo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                health = {"status": "pass"}
                versions = {name: m["version"] for name, m in odoo.modules.items()}
                state = {"code": versions, "database": odoo._connect()}
                body = json.dumps(health if self.path == "/web/health" else state)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body.encode())

        self._connect()
        server = HTTPServer((interface, port), Handler)
        self.log("INFO", "odoo.service.server", f"HTTP service running on {port}")
        server.serve_forever()

    def log(self, level: str, logger: str, message: str) -> None:
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S,%f}"[:-3]
        line = f"{now} {os.getpid()} {level} {self.name} {logger}: {message}"
        print(line, file=sys.stderr, flush=True)

    def _connect(self) -> dict[str, str]:
        if not self.file.exists():
            self.log("INFO", "odoo.sql_db", "Connection to the database failed")
            end(UNREACHABLE, 1)
        installed: dict[str, str] = json.loads(self.file.read_text())
        return installed

    def _is_loadable(self, name: str) -> bool:
        module = self.modules.get(name)
        return module is not None and all(map(self._is_loadable, module["depends"]))


def end(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
