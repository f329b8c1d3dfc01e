"""Render pages/ to public/: the greeting comes from the configuration."""

import html
import os
import time
from pathlib import Path
from string import Template

HERE = Path.cwd()
# The console lays each release out as releases/v<version>-<commit>/ with this file.
VERSION = HERE.name.partition("-")[0]
COMMIT = (HERE / "REVISION").read_text().strip()

values = {
    "greeting": html.escape(os.environ["GREETING"]),
    "version": VERSION,
    "commit": COMMIT[:12],
}
public = HERE / "public"
public.mkdir(exist_ok=True)
for page in sorted((HERE / "pages").iterdir()):
    (public / page.name).write_text(Template(page.read_text()).substitute(values))
    print(f"rendered {page.name}", flush=True)
    time.sleep(0.4)  # slow enough to watch
print(f"{VERSION} of {COMMIT} is built")
