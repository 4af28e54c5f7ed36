/** Rows as the server sends them become records by their names, whatever their order. */

import assert from "node:assert/strict";
import test from "node:test";

import { bytesFrom, groupFrom, unpacked, untitledName } from "../../static/js/desk/records.js";

test("packed rows have their names again", () => {
  const rows = unpacked(/** @type {any} */ ({ columns: ["number", "id"], rows: [[1, 12], [2, 13]] }));
  assert.deepEqual(rows, [{ number: 1, id: 12 }, { number: 2, id: 13 }]);
});

test("a group has its pages one by one, in reading order", () => {
  const row = { id: 12, number: 1, spans: [[1, 2], [5, 5], [3, 3]], draft_title: "Minutes", draft_kind: "", draft_date: "", flag_note: "", copy_of: 4 };
  const group = groupFrom(/** @type {any} */ (row));
  assert.deepEqual(group.pages, [1, 2, 5, 3]);
  assert.deepEqual([group.draftTitle, group.copyOf], ["Minutes", 4]);
});

test("bytes come as they were", () => {
  assert.deepEqual([...bytesFrom("DcX/")], [13, 197, 255]);
});

test("a document without a name is called by its pages, as lists and exports call it", () => {
  assert.equal(untitledName({ kind: "", pages: [5] }), "Untitled document, page 5");
  assert.equal(untitledName({ kind: "flyer", pages: [14, 12, 13] }), "Untitled flyer, pages 12–14");
  assert.equal(untitledName({ kind: "other", pages: [1, 2, 4] }), "Untitled document, pages 1–2, 4");
});
