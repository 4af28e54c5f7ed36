/** Where every page lies: bands packed into rows of one height. Pure, so that a drag can ask it what is under the pointer. */

/** @typedef {import("./model.js").Band} Band */

/**
 * @typedef {object} Segment  the part of a band in one row
 * @property {number} group
 * @property {number} from
 * @property {number} to
 * @property {number} x
 * @property {number} width
 * @property {boolean} begins  whether the band begins here
 * @property {boolean} ends  whether the band ends here
 */

/** @typedef {{segments: Segment[]}} Row */

/**
 * @typedef {object} Layout
 * @property {Row[]} rows
 * @property {number} rowHeight
 * @property {number} thumb
 * @property {Int32Array} rowOf  by position; -1: hidden
 * @property {Float32Array} xOf
 * @property {Float32Array} widthOf
 */

export const HEAD = 46;
export const CAPTION = 22;
export const SEAM = 26;
const ROW_GAP = 22;
const BAND_GAP = 14;
const NARROWEST = 0.5;

/**
 * @param {Band[]} bands
 * @param {object} given
 * @param {number} given.width  of the stream, px
 * @param {number} given.thumb  height of a thumbnail, px
 * @param {number} given.last  largest position
 * @param {boolean} given.onePerRow  every band begins a row
 * @param {(p: number) => number} given.aspect
 * @returns {Layout}
 */
export function pack(bands, { width, thumb, last, onePerRow, aspect }) {
  const rowOf = new Int32Array(last + 2).fill(-1);
  const xOf = new Float32Array(last + 2);
  const widthOf = new Float32Array(last + 2);
  /** @type {Row[]} */
  const rows = [];
  /** @type {Row | null} */
  let row = null;
  let x = 0;
  const room = Math.max(width, SEAM + 40);

  /** @param {number} p */
  const cell = (p) => Math.min(Math.max(aspect(p), NARROWEST) * thumb, room - SEAM);

  for (const band of bands) {
    let whole = 0;
    for (let p = band.from; p <= band.to && whole <= room; p++) whole += SEAM + (widthOf[p] = cell(p));
    const gap = row && row.segments.length ? BAND_GAP : 0;
    if (!row || (onePerRow && row.segments.length) || x + gap + whole > room) {
      rows.push((row = { segments: [] }));
      x = 0;
    } else x += gap;
    /** @type {Segment} */
    let segment = { group: band.group, from: band.from, to: band.from, x, width: 0, begins: true, ends: false };
    row.segments.push(segment);
    for (let p = band.from; p <= band.to; p++) {
      const w = (widthOf[p] = cell(p));
      if (x + SEAM + w > room && p > segment.from) {
        segment.width = x - segment.x;
        rows.push((row = { segments: [] }));
        x = 0;
        segment = { group: band.group, from: p, to: p, x, width: 0, begins: false, ends: false };
        row.segments.push(segment);
      }
      x += SEAM;
      rowOf[p] = rows.length - 1;
      xOf[p] = x;
      x += w;
      segment.to = p;
    }
    segment.width = x - segment.x;
    segment.ends = true;
  }
  return { rows, rowHeight: HEAD + thumb + CAPTION + ROW_GAP, thumb, rowOf, xOf, widthOf };
}

/**
 * What lies at a point of the stream.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {{row: number, segment: Segment | null, page: number | null}}
 */
export function hit(layout, x, y) {
  const index = Math.floor(y / layout.rowHeight);
  const row = layout.rows[index];
  if (!row) return { row: index, segment: null, page: null };
  const segment = row.segments.find((s) => x >= s.x + SEAM / 2 && x <= s.x + s.width + SEAM / 4) ?? null;
  let page = null;
  for (let p = segment?.from ?? 1; segment && p <= segment.to; p++) {
    if (x >= (layout.xOf[p] ?? 0) && x <= (layout.xOf[p] ?? 0) + (layout.widthOf[p] ?? 0)) page = p;
  }
  return { row: index, segment, page };
}

/**
 * The page nearest to x in the row that is `step` rows away.
 * @param {Layout} layout
 * @param {number} p
 * @param {number} step
 * @returns {number} p itself where there is no such row
 */
export function vertical(layout, p, step) {
  const from = layout.rowOf[p] ?? -1;
  const row = layout.rows[Math.min(Math.max(from + step, 0), layout.rows.length - 1)];
  if (from < 0 || !row) return p;
  const middle = (layout.xOf[p] ?? 0) + (layout.widthOf[p] ?? 0) / 2;
  let best = p;
  let distance = Infinity;
  for (const segment of row.segments) {
    for (let q = segment.from; q <= segment.to; q++) {
      const away = Math.abs((layout.xOf[q] ?? 0) + (layout.widthOf[q] ?? 0) / 2 - middle);
      if (away < distance) [best, distance] = [q, away];
    }
  }
  return best;
}
