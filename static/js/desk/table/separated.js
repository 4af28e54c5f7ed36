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

/**
 * @param {string} text
 * @param {string} [separator]  found out where it is not given
 * @returns {string[][]}
 */
export function parse(text, separator = separatorOf(text)) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  for (let i = 0; i < source.length; i++) {
    const sign = source[i] ?? "";
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === separator) row.push(cell), (cell = "");
    else if (sign === "\n") rows.push([...row, cell]), (row = []), (cell = "");
    else cell += sign;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}

/** @param {string} text */
function separatorOf(text) {
  const first = text.slice(0, text.search(/\n|$/));
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
