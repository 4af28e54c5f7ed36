/** The layout of the stream: justified rows of documents. Pure, so that a drag can find out what is under the pointer. */

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
 * @property {Fold | null} fold  pages between `from` and `to` that are folded away
 */

/** @typedef {{after: number, count: number, x: number, width: number}} Fold */

/** @typedef {{segments: Segment[], y: number, head: number, thumb: number, height: number}} Row  `head`: height of the headings, px */

/**
 * @typedef {object} Layout
 * @property {Row[]} rows
 * @property {number} height  of all rows
 * @property {Int32Array} rowOf  by position; -1: hidden or folded away
 * @property {Float32Array} xOf
 * @property {Float32Array} widthOf
 */

/** Height of the headings in a row in which a document begins. */
export const HEAD = 25;
/** Height of the headings in other rows, which only name the document. */
const HEAD_CONTINUED = 18;
export const CAPTION = 15;
export const SEAM = 12;
const ROW_GAP = 4;
const BAND_GAP = 6;
/** Least and greatest aspect ratio of a page, so that tickets are wide enough to hit and banners leave room for others. */
const NARROWEST = 0.42;
const WIDEST = 2;
/** How much the pages in a row may grow or shrink to fill it. */
const LARGEST = 1.4;
const FOLD = 54;

/**
 * @typedef {object} Item  a page or a fold, in reading order
 * @property {Band} band
 * @property {number} page
 * @property {number} fold  how many pages are folded away here; 0: a page
 * @property {number} aspect
 */

/**
 * @param {Band[]} bands
 * @param {object} given
 * @param {number} given.width  of the stream, px
 * @param {number} given.thumb  height of a thumbnail, px; rows are about so high
 * @param {number} given.highest  no row's pages are higher, px
 * @param {number} given.last  largest position
 * @param {boolean} given.onePerRow  every band begins a row
 * @param {(p: number) => number} given.aspect
 * @param {(band: Band) => boolean} given.folds  whether only its first and last page are shown
 * @returns {Layout}
 */
export function pack(bands, { width, thumb, highest, last, onePerRow, aspect, folds }) {
  const rowOf = new Int32Array(last + 2).fill(-1);
  const xOf = new Float32Array(last + 2);
  const widthOf = new Float32Array(last + 2);
  /** @type {Row[]} */
  const rows = [];
  const room = Math.max(width, SEAM + 40);
  let y = 0;
  /** @type {Item[]} */
  let waiting = [];
  let fixed = 0;
  let shapes = 0;

  /** @param {Item[]} items @param {boolean} full  whether it is spread over the whole width */
  const close = (items, full) => {
    if (!items.length) return;
    let still = 0;
    let wide = 0;
    items.forEach((item, i) => {
      still += space(item, items[i - 1]);
      wide += item.aspect;
    });
    const filled = wide ? (room - still) / wide : thumb;
    const most = Math.min(full ? thumb * LARGEST : thumb, highest);
    const high = Math.max(20, Math.min(filled, most));
    rows.push(placed(items, rows.length, y, high, rowOf, xOf, widthOf));
    y += rows[rows.length - 1]?.height ?? 0;
  };

  for (const band of bands) {
    if (onePerRow) {
      close(waiting, false);
      [waiting, fixed, shapes] = [[], 0, 0];
    }
    const folded = folds(band);
    for (let p = band.from; p <= band.to; p++) {
      if (folded && p > band.from && p < band.to) {
        if (p > band.from + 1) continue;
        waiting.push({ band, page: p, fold: band.to - band.from - 1, aspect: 0 });
        fixed += FOLD;
        continue;
      }
      const item = { band, page: p, fold: 0, aspect: Math.min(Math.max(aspect(p), NARROWEST), WIDEST) };
      const wider = fixed + space(item, waiting.at(-1));
      const before = shapes ? (room - fixed) / shapes : Infinity;
      const after = (room - wider) / (shapes + item.aspect);
      // Whether the row is closer to the desired height without this page or with it.
      if (after < thumb && shapes && before / thumb < thumb / Math.max(after, 1)) {
        close(waiting, true);
        [waiting, fixed, shapes] = [[item], space(item, undefined), item.aspect];
      } else if (after < thumb) {
        close([...waiting, item], true);
        [waiting, fixed, shapes] = [[], 0, 0];
      } else {
        waiting.push(item);
        fixed = wider;
        shapes += item.aspect;
      }
    }
  }
  close(waiting, false);
  return { rows, height: y, rowOf, xOf, widthOf };
}

/** Width that an item takes beside its sheet. @param {Item} item @param {Item | undefined} before */
function space(item, before) {
  if (item.fold) return FOLD;
  return SEAM + (before && before.band !== item.band ? BAND_GAP : 0);
}

/**
 * @param {Item[]} items
 * @param {number} index
 * @param {number} y
 * @param {number} thumb
 * @param {Int32Array} rowOf
 * @param {Float32Array} xOf
 * @param {Float32Array} widthOf
 * @returns {Row}
 */
function placed(items, index, y, thumb, rowOf, xOf, widthOf) {
  /** @type {Segment[]} */
  const segments = [];
  /** @type {Band | null} */
  let band = null;
  /** @type {Segment} */
  let segment = { group: 0, from: 0, to: 0, x: 0, width: 0, begins: false, ends: false, fold: null };
  let x = 0;
  for (const item of items) {
    if (item.band !== band) {
      if (band) x += BAND_GAP;
      band = item.band;
      segment = {
        group: band.group, from: item.page, to: item.page, x, width: 0, begins: item.page === band.from, ends: false, fold: null,
      };
      segments.push(segment);
    }
    if (item.fold) {
      segment.fold = { after: item.page - 1, count: item.fold, x, width: FOLD };
      segment.to = item.page + item.fold - 1;
      x += FOLD;
    } else {
      rowOf[item.page] = index;
      xOf[item.page] = x + SEAM;
      widthOf[item.page] = item.aspect * thumb;
      x += SEAM + item.aspect * thumb;
      segment.to = item.page;
    }
    segment.width = x - segment.x;
    segment.ends = segment.to === band.to;
  }
  const head = segments.some((one) => one.begins) ? HEAD : HEAD_CONTINUED;
  return { segments, y, head, thumb, height: head + thumb + CAPTION + ROW_GAP };
}

/**
 * Where moved pages will be in a document: in scan order if possible, or else at its end.
 * @param {number[]} pages  of the document, in reading order
 * @param {number} first  of those that are moved
 * @returns {{page: number, isBefore: boolean}} beside which page, and on which side of it
 */
export function landing(pages, first) {
  const isInOrder = pages.every((p, i) => i === 0 || (pages[i - 1] ?? 0) < p);
  const next = isInOrder ? pages.find((p) => p > first) : undefined;
  return next ? { page: next, isBefore: true } : { page: pages.at(-1) ?? 0, isBefore: false };
}

/**
 * The visible pages of a segment.
 * @param {Layout} layout
 * @param {Segment} segment
 */
export function* pagesOf(layout, segment) {
  for (let p = segment.from; p <= segment.to; p++) if ((layout.rowOf[p] ?? -1) >= 0) yield p;
}

/**
 * The row at a height, or else the nearest.
 * @param {Layout} layout
 * @param {number} y
 * @returns {number} -1 where there are no rows
 */
export function rowAt(layout, y) {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.rows[middle]?.y ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return layout.rows.length ? low : -1;
}

/**
 * What is at a point of the stream.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {{row: number, segment: Segment | null, page: number | null}}
 */
export function hit(layout, x, y) {
  const index = y >= 0 && y < layout.height ? rowAt(layout, y) : -1;
  const row = layout.rows[index];
  if (!row) return { row: index, segment: null, page: null };
  const segment = row.segments.find((s) => x >= s.x + SEAM / 2 && x <= s.x + s.width + SEAM / 4) ?? null;
  let page = null;
  for (const p of segment ? pagesOf(layout, segment) : []) {
    if (x >= (layout.xOf[p] ?? 0) && x <= (layout.xOf[p] ?? 0) + (layout.widthOf[p] ?? 0)) page = p;
  }
  return { row: index, segment, page };
}

/**
 * The page nearest to x in the row `step` rows away.
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
    for (const q of pagesOf(layout, segment)) {
      const away = Math.abs((layout.xOf[q] ?? 0) + (layout.widthOf[q] ?? 0) / 2 - middle);
      if (away < distance) [best, distance] = [q, away];
    }
  }
  return best;
}
