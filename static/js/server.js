// Shows what a check finds while it runs. Without this module the button works too:
// then the page comes back when the check is over.

import { fragmentOf, replaceContent } from "./fragments.js";

const PAUSE = 500;

const place = document.getElementById("check-live");
const announcement = document.getElementById("announcement");
const form = document.getElementById("check");
let isAsked = false;

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isAsked) ask();
});
if (isRunning()) follow();

async function ask() {
  isAsked = true;
  const button = form.querySelector("button");
  button.disabled = true;
  const answer = fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    redirect: "manual",
  });
  answer.catch(() => null).finally(() => (isAsked = false));
  await follow();
  button.disabled = false;
  // A redirect means that it was done. Otherwise the page itself says what is wrong.
  const ended = await answer.catch(() => null);
  if (ended?.type !== "opaqueredirect") window.location.reload();
}

async function follow() {
  do {
    await new Promise((done) => setTimeout(done, PAUSE));
    await refresh();
  } while (isAsked || isRunning());
  await refresh();
  announcement.textContent = findings()?.dataset.summary ?? "";
}

async function refresh() {
  const fresh = await fragmentOf(place.dataset.findings, "#findings").catch(() => null);
  if (fresh && !fresh.isEqualNode(findings())) replaceContent(place, [fresh]);
}

function isRunning() {
  return findings()?.hasAttribute("data-running") ?? false;
}

function findings() {
  return document.getElementById("findings");
}
