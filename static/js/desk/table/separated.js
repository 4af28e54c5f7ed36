/** Text in columns: CSV in and out, and what spreadsheets put on the clipboard. Pure. */

/**
 * @param {ArrayBuffer} bytes  of a file as spreadsheets write it
 * @returns {{text: string, isGuess: boolean}}  a guess: not in Unicode, and read as Windows writes western languages
 */
export function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes);
  const wide = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "";
  try {
    return { text: new TextDecoder(wide || "utf-8", { fatal: true }).decode(bytes), isGuess: false };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), isGuess: true };
  }
}

const FORMULA = /^[=+\-@\t\r']/;

const PACKED = [0x50, 0x4b, 3, 4];

/** @param {ArrayBuffer} bytes @returns {boolean} whether this is a workbook (.xlsx, .ods), as a spreadsheet saves it unless told otherwise */
export function isWorkbook(bytes) {
  const first = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  return PACKED.every((byte, i) => first[i] === byte);
}

/**
 * @param {string} text
 * @param {string} [separator]  found out where it is not given
 * @returns {string[][]}
 */
export function parse(text, separator) {
  return read(text, separator).rows;
}

/**
 * @param {string} text  of a file: a first line may say by which sign its columns are separated, as Excel has it
 * @param {string} [separator]  found out where it is not given
 * @returns {{rows: string[][], open: number}}  open: the line of a quotation mark that is never closed, 0 for none
 */
export function read(text, separator) {
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const [told = "", said] = separator === undefined ? (/^sep=(.)\n/i.exec(source) ?? []) : [];
  const between = separator ?? said ?? separatorOf(source);
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
