// Buttons that copy a text of the page. Without this module they stay hidden, and the
// text is there to be selected.

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  // Browsers lend their clipboard to HTTPS and localhost only.
  const copied = await navigator.clipboard?.writeText(source.textContent).then(
    () => true,
    () => false,
  );
  if (!copied) window.getSelection().selectAllChildren(source);
  button.textContent = copied ? "Copied" : "Selected: press Ctrl+C";
}
