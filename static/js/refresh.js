// While something runs, a list is fetched anew every few seconds.

import { fragmentOf, replaceContent } from "./fragments.js";

const PAUSE = 3000;

async function refresh() {
  const place = document.getElementById("refreshed");
  if (document.visibilityState === "visible" && !document.querySelector("dialog[open]")) {
    const fresh = await fragmentOf(window.location.href, "#refreshed").catch(() => null);
    if (fresh) {
      replaceContent(place, fresh.childNodes);
      place.toggleAttribute("data-refresh", fresh.hasAttribute("data-refresh"));
    }
  }
  if (place.hasAttribute("data-refresh")) setTimeout(refresh, PAUSE);
}

if (document.querySelector("#refreshed[data-refresh]")) setTimeout(refresh, PAUSE);
