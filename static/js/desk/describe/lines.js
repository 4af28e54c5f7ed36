/** Find the read text at a point of the scan. Pure. */

/** @typedef {[string, number, number, number, number, number]} Line  text, left, top, right, bottom, confidence */
/** @typedef {{x: number, y: number}} Point */

/** How far from a line a click still hits it, as a share of the line's height. */
const NEAR = 0.4;

/**
 * Return a point of the stored image on the upright one.
 * @param {Point} point
 * @param {number} width  of the stored image
 * @param {number} height
 * @param {number} rotation  degrees clockwise to stand upright
 * @returns {Point}
 */
export function upright({ x, y }, width, height, rotation) {
  if (rotation === 90) return { x: height - y, y: x };
  if (rotation === 180) return { x: width - x, y: height - y };
  if (rotation === 270) return { x: y, y: width - x };
  return { x, y };
}

/** @param {Line[]} lines @param {Point} point @returns {Line | null} the line there, or close by */
export function lineAt(lines, { x, y }) {
  /** @type {Line | null} */
  let best = null;
  let nearest = Infinity;
  for (const line of lines) {
    const [, left, top, right, bottom] = line;
    const near = NEAR * (bottom - top);
    const away = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    if (away <= near && away < nearest) [best, nearest] = [line, away];
  }
  return best;
}

/**
 * Return the words in a rectangle, line by line.
 * @param {Line[]} lines
 * @param {Point} from
 * @param {Point} to
 */
export function textWithin(lines, from, to) {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const covered = lines.filter((line) => line[2] < bottom && line[4] > top && Math.min(bottom, line[4]) - Math.max(top, line[2]) >= Math.min(bottom - top, (line[4] - line[2]) / 2));
  return covered.map((line) => wordsOf(line, left, right)).filter(Boolean).join(" ");
}

/** @param {Line} line @param {number} left @param {number} right @returns {string} its words whose middle lies between */
function wordsOf([text, start, , end], left, right) {
  const letter = (end - start) / Math.max(1, text.length);
  /** @type {string[]} */
  const words = [];
  for (const word of text.matchAll(/\S+/g)) {
    const middle = start + (word.index + word[0].length / 2) * letter;
    if (middle >= left && middle <= right) words.push(word[0]);
  }
  return words.join(" ");
}
