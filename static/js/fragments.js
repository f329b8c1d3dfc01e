// Parts of pages, fetched and parsed; scripts inside them never run.

export async function fragmentOf(url, selector) {
  const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
  const isPage = answer.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage || answer.status >= 500) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const element = page.querySelector(selector);
  return element && document.adoptNode(element);
}

// Puts `fresh` in the place of the children of `place`, keeping the focus where it was.
export function replaceContent(place, fresh) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  place.replaceChildren(...fresh);
  if (focused) counterpartOf(focused, place)?.focus();
}

function counterpartOf(element, place) {
  if (element.id) return document.getElementById(element.id);
  const target = element.getAttribute("href");
  return [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === target);
}
