// The log of a running deployment: bounded, in blocks, following its end until the
// reader scrolls up. Output only ever becomes text, never markup.

import { Terminal, plain } from "./terminal.js";

const MAX_LINES = 5000;
const BLOCK_LINES = 250;
const BLOCK_RUNS = 1000;
const NEAR_END = 32;

export class Log {
  #place;
  #endButton;
  #cutNotice;
  #emptyNotice;
  #step;
  #terminal = new Terminal();
  #waiting = []; // lines, notes and headings that are not on the page yet
  #block = null; // where the next lines go
  #unfinishedNode; // the last line, as long as its end has not come
  #follows = true;
  #isScheduled = false;

  constructor({ place, endButton, cutNotice, emptyNotice }) {
    this.#place = place;
    this.#endButton = endButton;
    this.#cutNotice = cutNotice;
    this.#emptyNotice = emptyNotice;
    this.#goOn();
    place.addEventListener("scroll", () => this.#noticeScrolling(), { passive: true });
    endButton.addEventListener("click", () => this.#jumpToEnd());
    this.#jumpToEnd();
  }

  output(step, text) {
    this.#enter(step);
    this.#queue(this.#terminal.feed(text));
  }

  note(step, text) {
    this.#enter(step);
    this.#queue(this.#terminal.endLine());
    this.#waiting.push(["note", plain(text)]);
    this.#schedule();
  }

  finish() {
    this.#queue(this.#terminal.finish());
  }

  // Where the server's rendering of the page has come to.
  #goOn() {
    const { step, terminal } = this.#place.dataset;
    this.#step = step;
    this.#terminal.feed(JSON.parse(terminal));
    this.#unfinishedNode = this.#place.querySelector(".log-unfinished");
    const last = this.#place.lastElementChild;
    if (last?.matches(".log-block")) this.#block = { node: last, lines: 0, runs: 0 };
  }

  #enter(step) {
    // What people do meanwhile belongs to no step and ends none.
    if (!step || step === this.#step) return;
    this.finish();
    this.#terminal = new Terminal();
    this.#step = step;
    this.#waiting.push(["step", step]);
  }

  #queue(lines) {
    for (const line of lines) this.#waiting.push(["line", line]);
    this.#schedule();
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
    for (const [kind, content] of this.#waiting) this.#append(kind, content);
    this.#waiting = [];
    this.#showUnfinishedLine();
    this.#dropOldest();
    this.#emptyNotice.hidden = this.#place.hasChildNodes();
    if (this.#follows) this.#place.scrollTop = this.#place.scrollHeight;
  }

  #append(kind, content) {
    if (kind === "line") {
      this.#appendLine(content);
      return;
    }
    const paragraph = document.createElement("p");
    paragraph.className = `log-${kind}`;
    paragraph.textContent = content;
    this.#place.append(paragraph);
    this.#block = null;
  }

  #appendLine(line) {
    const isFull = this.#block?.lines >= BLOCK_LINES || this.#block?.runs >= BLOCK_RUNS;
    if (!this.#block || isFull) this.#startBlock();
    this.#block.node.append(...line.map(nodeOf), "\n");
    this.#block.lines += 1;
    this.#block.runs += line.length;
  }

  #startBlock() {
    const node = document.createElement("pre");
    node.className = "log-block";
    this.#place.append(node);
    this.#block = { node, lines: 0, runs: 0 };
  }

  #showUnfinishedLine() {
    const { line } = this.#terminal;
    this.#unfinishedNode = null;
    if (!line.length) return;
    if (!this.#block) this.#startBlock();
    this.#unfinishedNode = document.createElement("span");
    this.#unfinishedNode.className = "log-unfinished";
    this.#unfinishedNode.append(...line.map(nodeOf));
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

function nodeOf({ codes, text }) {
  if (!codes.length) return text;
  const node = document.createElement("span");
  node.className = codes.map((code) => `sgr-${code}`).join(" ");
  node.textContent = text;
  return node;
}
