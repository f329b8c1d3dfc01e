// What a terminal would show of a command's output: lines of text in 16 colours. The
// rules stand in deployments/logs/terminal.py; tests/deployments/logs/terminal.json holds the
// cases that both are tested with.
//
// A line is a list of runs: { codes, text }, with the SGR codes that apply to the text.

const MAX_LINE = 16384;
const MAX_RUNS = 256;

const SEQUENCE = new RegExp(
  "\\x1b(?:" +
    "\\[(?<parameters>[0-?]{0,100})(?<between>[ -\\/]{0,4})(?<final>[@-~])" +
    "|[\\]PX\\^_][^\\x07\\x1b\\n\\r]{0,4096}(?:\\x07|\\x1b\\\\)" +
    "|[ -\\/]{1,4}[0-~]" +
    "|[0-~]" +
    ")?" +
    "|[\\x00-\\x08\\x0a-\\x1a\\x1c-\\x1f\\x7f-\\x9f]",
  "gu",
);
const UNFINISHED = new RegExp(
  "\\x1b(?:" +
    "\\[[0-?]{0,100}[ -\\/]{0,4}" +
    "|[\\]PX\\^_][^\\x07\\x1b\\n\\r]{0,4096}\\x1b?" +
    "|[ -\\/]{0,4}" +
    ")$",
  "u",
);
const SELECTION = /^[0-9;:]*$/;
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;
const SECOND_HALVES = /[\udc00-\udfff]/g;

const KINDS = new Map([
  [1, "bold"],
  [2, "dim"],
  [3, "italic"],
  [4, "underline"],
  [7, "inverse"],
  ...[30, 90].flatMap((base) => eightFrom(base, "ink")),
  ...[40, 100].flatMap((base) => eightFrom(base, "ground")),
]);
const ENDS = new Map([
  [0, [...new Set(KINDS.values())]],
  [22, ["bold", "dim"]],
  [23, ["italic"]],
  [24, ["underline"]],
  [27, ["inverse"]],
  [39, ["ink"]],
  [49, ["ground"]],
]);
// biome-ignore format: a table reads best as one
const EXTENDED = new Map([[38, 30], [48, 40], [58, null]]);
// biome-ignore format: a table reads best as one
const NUMBERS = new Map([[5, 1], [2, 3]]);
// biome-ignore format: a table reads best as one
const PALETTE = [
  ...[[0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0]],
  ...[[0, 0, 238], [205, 0, 205], [0, 205, 205], [229, 229, 229]],
  ...[[127, 127, 127], [255, 0, 0], [0, 255, 0], [255, 255, 0]],
  ...[[92, 92, 255], [255, 0, 255], [0, 255, 255], [255, 255, 255]],
];
const CUBE = [0, 95, 135, 175, 215, 255];

export class Terminal {
  #codes = new Map();
  #runs = [];
  #length = 0;
  #hasReturned = false;
  #held = "";

  // The line whose end has not come.
  get line() {
    return this.#runs;
  }

  // The lines that end with this output.
  feed(output) {
    const text = this.#held + output;
    const unfinished = UNFINISHED.exec(text);
    const end = unfinished ? unfinished.index : text.length;
    this.#held = text.slice(end);
    return [...this.#lines(text.slice(0, end))];
  }

  // The line whose end has not come, if there is one; what follows is another.
  endLine() {
    return this.#runs.length ? [this.#end()] : [];
  }

  // As endLine, when nothing will follow that could end a sequence.
  finish() {
    const held = this.#held;
    this.#held = "";
    return [...this.#lines(held), ...this.endLine()];
  }

  *#lines(text) {
    let position = 0;
    for (const sequence of text.matchAll(SEQUENCE)) {
      yield* this.#print(text.slice(position, sequence.index));
      position = sequence.index + sequence[0].length;
      const { parameters, between, final } = sequence.groups;
      if (sequence[0] === "\n") yield this.#end();
      else if (sequence[0] === "\r") this.#hasReturned = true;
      else if (final === "m" && !between) this.#select(parameters);
    }
    yield* this.#print(text.slice(position));
  }

  *#print(text) {
    if (text && this.#hasReturned) this.#end();
    if (this.#length + text.length <= MAX_LINE) {
      this.#add(text);
      return;
    }
    const characters = [...text];
    let start = 0;
    while (this.#length + characters.length - start > MAX_LINE) {
      const stop = start + MAX_LINE - this.#length;
      this.#add(characters.slice(start, stop).join(""));
      start = stop;
      yield this.#end();
    }
    this.#add(characters.slice(start).join(""));
  }

  #add(text) {
    if (!text) return;
    const codes = [...this.#codes.values()].sort((one, other) => one - other);
    const isNew = this.#runs.at(-1)?.codes.join() !== codes.join();
    if (isNew && this.#runs.length < MAX_RUNS) this.#runs.push({ codes, text: "" });
    this.#runs.at(-1).text += text.replace(DIRECTION_MARKS, "\ufffd");
    this.#length += lengthOf(text);
  }

  #end() {
    const line = this.#runs;
    this.#runs = [];
    this.#length = 0;
    this.#hasReturned = false;
    return line;
  }

  #select(parameters) {
    if (!SELECTION.test(parameters)) return;
    for (const code of codesOf(parameters)) {
      for (const kind of ENDS.get(code) ?? []) this.#codes.delete(kind);
      if (KINDS.has(code)) this.#codes.set(KINDS.get(code), code);
    }
  }
}

export function plain(output) {
  const terminal = new Terminal();
  return [...terminal.feed(output), ...terminal.finish()].map(textOf).join("\n");
}

function textOf(line) {
  return line.map((run) => run.text).join("");
}

// In characters, not in halves of them.
function lengthOf(text) {
  return text.length - (text.match(SECOND_HALVES)?.length ?? 0);
}

function codesOf(parameters) {
  const codes = [];
  const words = parameters.split(";");
  while (words.length) {
    const [first, ...details] = words.shift().split(":").map(Number);
    if (EXTENDED.has(first)) {
      const [kind, ...numbers] = details.length ? details : detailsOf(words);
      const colour = colourOf(kind, numbers);
      const base = EXTENDED.get(first);
      if (base !== null && colour !== null) codes.push(base + colour + (colour > 7 ? 52 : 0));
    } else if (details.length) {
      // Underlines come in kinds; 4:0 is none. Nothing else has any.
      if (first === 4) codes.push(details[0] === 0 ? 24 : 4);
    } else {
      codes.push(first === 21 ? 4 : first);
    }
  }
  return codes;
}

function detailsOf(words) {
  const kind = Number(words.shift() ?? 0);
  return [kind, ...words.splice(0, NUMBERS.get(kind) ?? 0).map(Number)];
}

function colourOf(kind, numbers) {
  // With colons, the colour space may stand before red, green and blue.
  if (kind === 2 && numbers.length > 3) numbers = numbers.slice(1, 4);
  const isNone = !NUMBERS.has(kind) || numbers.length < NUMBERS.get(kind);
  if (isNone || Math.max(...numbers) > 255) return null;
  const [index] = numbers;
  if (kind === 2) return nearest(numbers);
  if (index < 16) return index;
  if (index >= 232) return nearest(Array(3).fill(8 + 10 * (index - 232)));
  return nearest([36, 6, 1].map((size) => CUBE[Math.floor((index - 16) / size) % 6]));
}

function nearest(colour) {
  const distances = PALETTE.map((known) =>
    known.reduce((sum, part, index) => sum + (part - colour[index]) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function eightFrom(base, kind) {
  return Array.from({ length: 8 }, (_, index) => [base + index, kind]);
}
