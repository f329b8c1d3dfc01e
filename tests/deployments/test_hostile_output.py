"""Whatever a command prints is stored, and is text wherever it is shown."""

import html
import re

import pytest

from deployments import events
from deployments.engine.redaction import Redactor
from deployments.models import Deployment, Event, Status
from oec.offload import offload
from projects.models import Environment, User
from tests.api import Api
from tests.deployments.stream.reading import finish, names, opened, whole
from tests.factories import make_deployment
from tests.pages import signed_in

pytestmark = pytest.mark.both_back_ends

#: What is printed, in the pieces in which it arrives, and what is left on the page.
OUTPUTS: dict[str, tuple[list[bytes], str]] = {
    "invalid UTF-8": ([b"a\xff\xfe\xc3(b\n"], "a\ufffd\ufffd\ufffd(b"),
    "a lone surrogate": ([b"a\xed\xa0\x80b\n"], "a\ufffd\ufffd\ufffdb"),
    "a cut character": ([b"caf\xc3", b"\xa9 \xf0\x9f", b"\x98\x80\n"], "café 😀"),
    "a character without its end": ([b"caf\xc3"], "caf\ufffd"),
    "NUL": ([b"a\0b\n"], "a\ufffdb"),
    "a storm of returns": ([b"\r" * 50_000, b"x\r" * 50_000, b"done\r\r\n"], "done"),
    "a title": ([b"\x1b]0;own", b"ed\x07safe\n"], "safe"),
    "a link": ([b"\x1b]8;;javascript:alert(1)\x1b\\go\x1b]8;;\x1b\\\n"], "go"),
    "a clipboard": ([b"\x1b]52;c;ZXZpbA==\x07safe\n"], "safe"),
    "a device string": ([b"\x1bP+q544e\x1b\\safe\n"], "safe"),
    "cursor moves": ([b"safe\x1b[2J\x1b[1;1H\x1b[3", b"A\x1b[0K\n"], "safe"),
    "a hidden line": ([b"\x1b[8mvisible\x1b[0m\n"], "visible"),
    "a reset": ([b"\x1bcsafe\x1b[!p\n"], "safe"),
    "8-bit controls": ([b"a\xc2\x9b31mb\xc2\x85c\n"], "a31mbc"),
    "backspaces": ([b"rm -rf /\b\b\b\b\b\b\b\bls\x07\n"], "rm -rf /ls"),
    "a script": ([b"<script>alert(1)</script>\n"], "<script>alert(1)</script>"),
    "the end of its place": ([b"</pre></div></main>\n"], "</pre></div></main>"),
    "a comment": ([b"<!-- <![CDATA[ --!>\n"], "<!-- <![CDATA[ --!>"),
    "an attribute": ([b'"><img src=x onerror=1>\n'], '"><img src=x onerror=1>'),
    "a template": ([b"{{ 7|add:7 }}{% debug %}\n"], "{{ 7|add:7 }}{% debug %}"),
    "a frame": ([b"x\n\nevent: end\ndata: {}\n\n"], "x\n\nevent: end\ndata: {}\n"),
    "a frame after returns": ([b"data: 1\r\rid: 9\r\rend\n"], "end"),
    "separators": ([b"a\xe2\x80\xa8data: x\xe2\x80\xa9b\n"], "a\u2028data: x\u2029b"),
    "an override of direction": ([b"\xe2\x80\xaegnp.exe\n"], "\ufffdgnp.exe"),
    "an isolate": ([b"\xe2\x81\xa7x\xe2\x81\xa9\n"], "\ufffdx\ufffd"),
}
each_output = pytest.mark.parametrize(
    ("pieces", "visible"), OUTPUTS.values(), ids=list(OUTPUTS)
)


@pytest.fixture
def running(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice, status=Status.RUNNING)


def store(deployment: Deployment, pieces: list[bytes]) -> str:
    """As a run does it; what is stored of them."""
    redactor = Redactor(())
    texts = [redactor.feed(piece) for piece in pieces] + [redactor.flush()]
    drafts = [events.output("build", text) for text in texts if text]
    events.append(deployment.pk, drafts)
    stored = Event.objects.filter(deployment=deployment, kind="log").order_by("seq")
    assert "".join(stored.values_list("text", flat=True)) == "".join(texts)
    return "".join(texts)


@each_output
def test_it_is_stored_and_shown_as_text(
    running: Deployment, alice: User, pieces: list[bytes], visible: str
) -> None:
    store(running, pieces)
    page = signed_in(alice).get(f"/deployments/{running.pk}")
    assert page.status_code == 200
    log = _log(page.content.decode())
    assert set(re.findall(r"</?(\w+)", log)) <= {"p", "pre", "span"}
    text = html.unescape(re.sub(r"<p[ >].*?</p>|<[^>]*>", "", log))
    assert text.strip("\n") == visible.strip("\n")


@each_output
def test_the_programs_that_ask_get_it_as_well(
    running: Deployment, alice: User, pieces: list[bytes], visible: str
) -> None:
    stored = store(running, pieces)
    api = Api(alice)
    items = api.get(f"/deployments/{running.pk}/events").json()["items"]
    assert "".join(item["text"] for item in items) == stored
    whole_log = api.get(f"/deployments/{running.pk}/log")
    assert whole_log.getvalue().decode() == f"{visible}\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@each_output
async def test_a_stream_holds_it_in_frames(
    running: Deployment, alice: User, pieces: list[bytes], visible: str
) -> None:
    stored = await offload(store, running, pieces)
    token = await offload(lambda: Api(alice).authorization)
    await finish(running)
    frames = await whole(await opened(running, token))
    logs = [frame["data"]["text"] for frame in frames if frame["event"] == "log"]
    assert "".join(logs) == stored
    assert names(frames)[-2:] == ["deployment_progress", "end"]
    assert names(frames).count("end") == 1


def _log(page: str) -> str:
    """The inside of the place of the log; its end is the one before the notice."""
    inside = page.partition('id="log" ')[2].partition(">")[2]
    return inside.rpartition('<p class="empty" id="log-empty"')[0].rpartition("</div>")[
        0
    ]
