// The log of a running deployment: bounded, in blocks, following its end until the
// reader scrolls up. Output only ever becomes text, never markup.

const MAX_LINES = 5000;
const BLOCK_LINES = 250;
const NEAR_END = 32;
// Colours, cursor moves and titles that programs send to a terminal.
const TERMINAL_SEQUENCE =
  /\x1b(?:\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)|.)/g;
// Marks that turn the direction of what follows; a log must not disguise its lines.
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;

export class Log {
  #place;
  #endButton;
  #cutNotice;
  #emptyNotice;
  #step = "";
  #waiting = []; // lines and headings that are not on the page yet
  #unfinished = ""; // the last line, as long as its end has not come
  #block = null; // where the next lines go
  #unfinishedNode = null;
  #follows = true;
  #isScheduled = false;

  constructor({ place, endButton, cutNotice, emptyNotice }) {
    this.#place = place;
    this.#endButton = endButton;
    this.#cutNotice = cutNotice;
    this.#emptyNotice = emptyNotice;
    this.#step = [...place.querySelectorAll(".log-step")].at(-1)?.textContent ?? "";
    place.addEventListener("scroll", () => this.#noticeScrolling(), { passive: true });
    endButton.addEventListener("click", () => this.#jumpToEnd());
    this.#jumpToEnd();
  }

  output(step, text) {
    this.#enter(step);
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop();
    for (const line of lines) this.#waiting.push(["line", asPrinted(line)]);
    this.#schedule();
  }

  note(step, text) {
    this.#enter(step);
    this.#finishLine();
    this.#waiting.push(["note", text]);
    this.#schedule();
  }

  #enter(step) {
    if (step === this.#step) return;
    this.#finishLine();
    this.#step = step;
    if (step) this.#waiting.push(["step", step]);
  }

  #finishLine() {
    if (this.#unfinished) this.#waiting.push(["line", asPrinted(this.#unfinished)]);
    this.#unfinished = "";
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Not requestAnimationFrame: a tab in the background has to keep up as well.
    setTimeout(() => this.#draw(), document.hidden ? 1000 : 50);
  }

  #draw() {
    this.#isScheduled = false;
    if (this.#waiting.length > MAX_LINES) {
      this.#waiting.splice(0, this.#waiting.length - MAX_LINES);
      this.#place.replaceChildren();
      this.#block = null;
      this.#cutNotice.hidden = false;
    }
    this.#unfinishedNode?.remove();
    for (const [kind, text] of this.#waiting) this.#append(kind, text);
    this.#waiting = [];
    this.#showUnfinishedLine();
    this.#dropOldest();
    this.#emptyNotice.hidden = true;
    if (this.#follows) this.#place.scrollTop = this.#place.scrollHeight;
  }

  #append(kind, text) {
    if (kind === "line") {
      if (!this.#block || this.#block.lines >= BLOCK_LINES) this.#startBlock();
      this.#block.node.append(`${text}\n`);
      this.#block.lines += 1;
      return;
    }
    const paragraph = document.createElement("p");
    paragraph.className = `log-${kind}`;
    paragraph.textContent = text;
    this.#place.append(paragraph);
    this.#block = null;
  }

  #startBlock() {
    const node = document.createElement("pre");
    node.className = "log-block";
    this.#place.append(node);
    this.#block = { node, lines: 0 };
  }

  #showUnfinishedLine() {
    this.#unfinishedNode = null;
    if (!this.#unfinished) return;
    if (!this.#block) this.#startBlock();
    this.#unfinishedNode = document.createTextNode(asPrinted(this.#unfinished));
    this.#block.node.append(this.#unfinishedNode);
  }

  #dropOldest() {
    // Paragraphs are few, so blocks alone bound the size. While somebody reads further
    // up, nothing is taken away from under their eyes until it is twice too much.
    const limit = (this.#follows ? 1 : 2) * (MAX_LINES / BLOCK_LINES);
    const children = this.#place.children;
    while (this.#place.querySelectorAll(".log-block").length > limit) {
      children[0].remove();
      this.#cutNotice.hidden = false;
    }
  }

  #noticeScrolling() {
    const { scrollTop, scrollHeight, clientHeight } = this.#place;
    this.#follows = scrollHeight - scrollTop - clientHeight < NEAR_END;
    this.#endButton.hidden = this.#follows;
  }

  #jumpToEnd() {
    this.#follows = true;
    this.#endButton.hidden = true;
    this.#place.scrollTop = this.#place.scrollHeight;
  }
}

// What would be left on a terminal's screen.
function asPrinted(line) {
  const plain = line
    .replace(TERMINAL_SEQUENCE, "")
    .replace(DIRECTION_MARKS, "\ufffd")
    .replace(/\r+$/, "");
  return plain.slice(plain.lastIndexOf("\r") + 1);
}
