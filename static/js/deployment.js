// Keeps the page of one deployment current: its state is fetched anew as the server
// renders it, its log is appended. Comes over one stream, or by asking every 2 seconds
// where there is none. The history's numbers make sure that nothing is shown twice.

import { fragmentOf, replaceContent } from "./fragments.js";
import { Log } from "./log.js";
import { span } from "./moments.js";

const POLL_PAUSE = 2000;
const STATE_PAUSE = 250;

const live = document.getElementById("live");
const announcement = document.getElementById("announcement");
const log = new Log({
  place: document.getElementById("log"),
  endButton: document.getElementById("log-end"),
  cutNotice: document.getElementById("log-cut"),
  emptyNotice: document.getElementById("log-empty"),
});
let seen = Number(live.dataset.seq);
let stateTimer = null;

showElapsed();
if (isActive()) {
  setInterval(showElapsed, 1000);
  follow();
}

function follow() {
  const stream = new EventSource(`${live.dataset.stream}?after=${seen}`);
  for (const name of ["deployment_progress", "log"]) {
    stream.addEventListener(name, (message) => take(JSON.parse(message.data)));
  }
  stream.addEventListener("end", () => {
    stream.close();
    log.finish();
    refreshState();
  });
  stream.addEventListener("error", () => {
    // The browser connects again by itself unless the answer was a refusal.
    if (stream.readyState === EventSource.CLOSED) poll();
  });
}

async function poll() {
  const answer = await fetch(`${live.dataset.events}?after=${seen}`, {
    headers: { Accept: "application/json" },
  }).catch(() => null);
  const events = answer?.ok ? await answer.json() : null;
  for (const event of events?.items ?? []) take(event);
  if (events && !events.next) {
    log.finish();
    refreshState();
  } else {
    setTimeout(poll, events?.items.length ? 0 : POLL_PAUSE);
  }
}

function take(event) {
  if (event.seq <= seen) return;
  seen = event.seq;
  if (event.kind === "log") log.output(event.step, event.text);
  else if (event.kind === "note") log.note(event.step, event.text);
  else scheduleState();
}

function scheduleState() {
  stateTimer ??= setTimeout(refreshState, STATE_PAUSE);
}

async function refreshState() {
  clearTimeout(stateTimer);
  stateTimer = null;
  const fresh = await fragmentOf(live.dataset.live, "[data-state]").catch(() => null);
  if (!fresh) {
    stateTimer = setTimeout(refreshState, POLL_PAUSE);
    return;
  }
  replaceContent(live, [fresh]);
  document.title = fresh.dataset.title;
  if (announcement.textContent !== fresh.dataset.announcement) {
    announcement.textContent = fresh.dataset.announcement;
  }
  showElapsed();
}

function isActive() {
  return ["pending", "running"].includes(live.firstElementChild.dataset.state);
}

function showElapsed() {
  for (const element of live.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(element.dataset.since)) / 1000);
    element.textContent = span(Math.floor(seconds));
  }
}
