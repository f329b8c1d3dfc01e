// Opens the confirmation that a link leads to as a dialog on this page. What stands in
// it is the very fragment of that page; without this module the link simply goes there.

import { fragmentOf } from "./fragments.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  const isPlainClick = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (link && isPlainClick) {
    event.preventDefault();
    open(link);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-once]")) disableButtonsOf(event.target);
});

// A page that comes back from the browser's cache may be sent again: its key makes
// sure that this leads to the deployment that the first sending has started.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const button of document.querySelectorAll("button[data-sent]")) {
      button.disabled = false;
    }
  }
});

async function open(link) {
  const confirmation = await fragmentOf(link.href, "[data-confirmation]").catch(() => null);
  if (!confirmation) {
    window.location.assign(link.href);
    return;
  }
  const opened = link.closest("dialog");
  if (opened) {
    keepTyped(opened, confirmation);
    opened.replaceChildren(confirmation);
    opened.querySelector("input:checked")?.focus();
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "confirmation-title");
  dialog.append(confirmation);
  dialog.addEventListener("click", (event) => {
    const leaves = event.target === dialog || event.target.closest("[data-close]");
    if (leaves) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The link may have been replaced while the dialog was open.
    (link.isConnected ? link : document.getElementById(link.id))?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  focusHeadingOf(dialog);
}

function focusHeadingOf(dialog) {
  const heading = dialog.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
}

function keepTyped(before, after) {
  for (const field of before.querySelectorAll("textarea[name]")) {
    const same = after.querySelector(`textarea[name="${field.name}"]`);
    if (same) same.value = field.value;
  }
}

function disableButtonsOf(form) {
  // After the browser has read the form, or the pressed button would not be sent.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.disabled = true;
      button.dataset.sent = "";
    }
  });
}
