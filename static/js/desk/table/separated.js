/** Text in columns: reading and writing CSV, and the clipboard of spreadsheets. Pure. */

/** Encodings of spreadsheets other than Unicode, the most frequent first: western, Mac, central European. */
const OLDER = ["windows-1252", "macintosh", "windows-1250"];
/** What no word has: a sign or another alphabet's letter inside, a capital after a lower-case letter, or no letters. */
const AMISS = new RegExp(
  [
    "(?<=\\p{L})(?:[^\\p{Script=Latin}\\p{M}\\p{P}\\s\\x00-\\x7f]|[‚„…†‡¿¡§¶•«»‹›])(?=\\p{L})",
    "(?<=\\p{Ll})(?![A-Z])\\p{Lu}",
    "(?<=\\p{Lu})(?![A-Z])\\p{Lu}(?=\\p{Ll})",
    "[\\x80-\\x9f]",
  ].join("|"),
  "gu",
);

/**
 * @param {ArrayBuffer} bytes  of a file as spreadsheets write it
 * @returns {{text: string, guess: string}}  guess: not in Unicode, and read as this encoding, in which most words are words
 */
export function decoded(bytes) {
  try {
    return { text: new TextDecoder(wide(new Uint8Array(bytes)) || "utf-8", { fatal: true }).decode(bytes), guess: "" };
  } catch {
    const ways = OLDER.map((guess) => ({ guess, text: new TextDecoder(guess).decode(bytes) }));
    const wrong = ways.map(({ text }) => text.match(AMISS)?.length ?? 0);
    return /** @type {{text: string, guess: string}} */ (ways[wrong.indexOf(Math.min(...wrong))]);
  }
}

/** @param {Uint8Array} bytes @returns {string} the encoding whose letters take two bytes, told by a mark or by every other byte of its first line */
function wide(bytes) {
  const [first, second, third, fourth] = bytes;
  if ((first === 0xff && second === 0xfe) || (first && second === 0 && third && fourth === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second && third === 0 && fourth) ? "utf-16be" : "";
}

const FORMULA = /^[=+\-@\t\r']/;

const PACKED = [0x50, 0x4b, 3, 4];

/** @param {ArrayBuffer} bytes @returns {boolean} whether this is a workbook (.xlsx, .ods), as a spreadsheet saves it unless told otherwise */
export function isWorkbook(bytes) {
  const first = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  return PACKED.every((byte, i) => first[i] === byte);
}

/**
 * @param {string} text  of a file: a first line may say by which sign its columns are separated, as Excel has it
 * @returns {{rows: string[][], open: number}}  open: the line of a quotation mark that is never closed, 0 for none
 */
export function read(text) {
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const [told = "", said] = /^sep=(.)\n/i.exec(source) ?? [];
  const between = said ?? separatorOf(source);
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = "";
  let quoted = false;
  let [line, opened] = [told ? 2 : 1, 0];
  for (let i = told.length; i < source.length; i++) {
    const sign = source[i] ?? "";
    if (sign === "\n") line++;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (sign === '"' && cell === "") (quoted = true), (opened = line);
    else if (sign === between) row.push(cell), (cell = "");
    else if (sign === "\n") rows.push([...row, cell]), (row = []), (cell = "");
    else cell += sign;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return { rows, open: quoted ? opened : 0 };
}

/** @param {string} text */
function separatorOf(text) {
  const [first = ""] = /[^\n]+/.exec(text) ?? [];
  return [",", "\t", ";"].reduce((best, sign) => (first.split(sign).length > first.split(best).length ? sign : best));
}

/** @param {string[][]} rows @returns {string} CSV whose cells no spreadsheet takes for formulas */
export function csv(rows) {
  return rows.map((row) => row.map((cell) => written(FORMULA.test(cell) ? `'${cell}` : cell)).join(",")).join("\r\n") + "\r\n";
}

/** @param {string} cell @returns {string} what `csv` was given */
export function unguarded(cell) {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** @param {string} cell */
function written(cell) {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** @param {string[][]} rows @returns {string} as spreadsheets read it from the clipboard */
export function tabbed(rows) {
  return rows.map((row) => row.map((cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t")).join("\n");
}

const CELL = /"((?:[^"]|"")*)"(?=[\t\n]|$)|[^\t\n]*/y;

/**
 * @param {string} text  from the clipboard: spreadsheets quote only what would else be taken apart, so that other quotation
 *   marks are those of a title
 * @returns {string[][]}
 */
export function untabbed(text) {
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  /** @type {string[][]} */
  const rows = source ? [[]] : [];
  for (let at = 0; source; at++) {
    CELL.lastIndex = at;
    const [whole = "", quoted] = CELL.exec(source) ?? [];
    rows.at(-1)?.push(quoted !== undefined && /[\t\n]|""/.test(quoted) ? quoted.replaceAll('""', '"') : whole);
    at += whole.length;
    if (at >= source.length) break;
    if (source[at] === "\n") rows.push([]);
  }
  return rows;
}
