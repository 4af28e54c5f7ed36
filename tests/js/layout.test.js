/** Rows of the stream: full, in order, with everything in them, and folded where that was asked for. */

import assert from "node:assert/strict";
import test from "node:test";

import { enlarged, scanBox } from "../../static/js/desk/magnifier.js";
import { SEAM, hit, landing, pack, pagesOf, rowAt, vertical } from "../../static/js/desk/layout.js";

const SHAPES = [0.77, 0.7, 1.6, 0.77, 5, 0.1];

/** @param {number[]} sizes @param {Partial<Parameters<typeof pack>[1]>} [more] */
function stream(sizes, more = {}) {
  let p = 0;
  const bands = sizes.map((size, i) => ({ group: i + 1, from: p + 1, to: (p += size) }));
  const given = {
    width: 1000, thumb: 240, highest: 600, last: p, onePerRow: false, folds: () => false,
    aspect: (/** @type {number} */ q) => SHAPES[q % SHAPES.length] ?? 1, ...more,
  };
  return { layout: pack(bands, given), last: p };
}

/** @param {import("../../static/js/desk/layout.js").Layout} layout */
const shown = (layout) => layout.rows.flatMap((row) => row.segments.flatMap((segment) => [...pagesOf(layout, segment)]));

test("every page lies in one place, in scan order", () => {
  const { layout, last } = stream([1, 4, 2, 30, 1, 1, 9]);
  assert.deepEqual(shown(layout), Array.from({ length: last }, (_, i) => i + 1));
});

test("rows are filled, and none is wider than the stream", () => {
  const { layout } = stream(Array.from({ length: 60 }, (_, i) => 1 + (i % 5)));
  for (const row of layout.rows.slice(0, -1)) {
    const end = Math.max(...row.segments.map((segment) => segment.x + segment.width));
    assert.ok(end <= 1000.5 && end > 995, `${end}`);
    assert.ok(row.thumb > 240 / 1.7 && row.thumb < 240 * 1.41, `${row.thumb}`);
  }
});

test("rows follow each other without gaps, and a height finds its row", () => {
  const { layout } = stream([3, 3, 3, 3, 3, 3, 3]);
  let y = 0;
  layout.rows.forEach((row, i) => {
    assert.equal(row.y, y);
    assert.equal(rowAt(layout, y + row.height / 2), i);
    y += row.height;
  });
  assert.equal(layout.height, y);
  assert.equal(rowAt(layout, -5), 0);
  assert.equal(rowAt(stream([]).layout, 0), -1);
});

test("a folded document shows its first and last page and says how many are between", () => {
  const { layout } = stream([2, 31, 2], { folds: (band) => band.group === 2 });
  assert.deepEqual(shown(layout), [1, 2, 3, 33, 34, 35]);
  const folds = layout.rows.flatMap((row) => row.segments.flatMap((segment) => segment.fold ?? []));
  assert.deepEqual(folds.map(({ after, count }) => [after, count]), [[3, 29]]);
});

test("a row in which no document begins has lower headings", () => {
  const { layout } = stream([1, 30, 1]);
  const [first, second] = layout.rows;
  assert.ok(first?.segments.some((segment) => segment.begins) && !second?.segments.some((segment) => segment.begins));
  assert.ok((second?.head ?? 0) > 0 && (second?.head ?? 0) < (first?.head ?? 0));
});

test("headings, captions, and gaps leave the rows to the scans", () => {
  for (const width of [1023, 1183, 1329]) {
    const { layout } = stream(Array.from({ length: 77 }, () => 4), { width, thumb: 260, aspect: () => 0.77 });
    const rows = layout.rows.slice(0, -1);
    const high = rows.reduce((all, row) => all + row.height, 0);
    const scan = rows.reduce((all, row) => all + row.thumb * row.segments.reduce(
      (wide, one) => wide + [...pagesOf(layout, one)].reduce((sum, p) => sum + (layout.widthOf[p] ?? 0), 0), 0), 0);
    assert.ok(scan / (high * width) > 0.785, `${width} px: ${scan / (high * width)}`);
  }
});

test("no row is higher than the window", () => {
  const { layout } = stream([1, 1, 1], { highest: 120, thumb: 120, width: 5000 });
  assert.ok(layout.rows.every((row) => row.thumb <= 120));
});

test("what lies under the pointer is found", () => {
  const { layout } = stream([2, 3]);
  const p = 3;
  const row = layout.rows[layout.rowOf[p] ?? -1];
  const x = (layout.xOf[p] ?? 0) + 5;
  const found = hit(layout, x, (row?.y ?? 0) + 40);
  assert.equal(found.page, p);
  assert.equal(found.segment?.group, 2);
  assert.equal(hit(layout, (layout.xOf[p] ?? 0) - SEAM / 3, (row?.y ?? 0) + 40).page, null);
});

test("up and down come to the nearest page and stay at the ends", () => {
  const { layout } = stream(Array.from({ length: 40 }, () => 1));
  assert.equal(layout.rowOf[vertical(layout, 1, 1)], 1);
  assert.equal(vertical(layout, 1, -1), 1);
});

test("each document can begin a row of its own", () => {
  const { layout } = stream([1, 1, 2], { onePerRow: true });
  assert.deepEqual(layout.rows.map((row) => row.segments.map((segment) => segment.group)), [[1], [2], [3]]);
});

test("moved pages land where the scan order puts them, in a rearranged document at its end", () => {
  assert.deepEqual(landing([4, 5, 9], 7), { page: 9, isBefore: true });
  assert.deepEqual(landing([4, 5], 7), { page: 5, isBefore: false });
  assert.deepEqual(landing([9, 4], 3), { page: 4, isBefore: false });
});

test("the magnifier shows the place under the pointer in its middle", () => {
  const sheet = { left: 100, top: 50, width: 300, height: 200 };
  const box = scanBox(sheet, 0.8);
  assert.deepEqual(box, { left: 170, top: 50, width: 160, height: 200 }, "a scan keeps its shape in a sheet of another");
  const large = enlarged(box, { x: 170, y: 250 });
  assert.deepEqual(large, { width: 800, height: 1000, x: 400, y: -500 }, "the lower left corner lies in the middle");
  assert.equal(enlarged({ ...box, width: 800, height: 1000 }, { x: 0, y: 0 }).height, 2000, "a large page becomes twice as large");
});
