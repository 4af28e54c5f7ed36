/** The acts as the browser foresees them, before the server answers. */

import assert from "node:assert/strict";
import test from "node:test";

import { DoesNotApply, foreseen, merge, move, split } from "../../static/js/desk/arrangement.js";

/** @param {number} id @param {number[]} pages @param {object} [facts] */
function group(id, pages, facts = {}) {
  return { id, number: id, pages, state: "proposed", edited: false, confidence: 90, title: "", details: {}, accepted: [], ...facts };
}

/** @param {...ReturnType<typeof group>} all */
function model(...all) {
  const groups = new Map(all.map((one) => [one.id, one]));
  return /** @type {any} */ ({ groups, groupAt: (/** @type {number} */ p) => all.find((one) => one.pages.includes(p)) });
}

/** @param {Map<number, any>} changes @returns {Record<string, number[] | null>} */
const pagesOf = (changes) => Object.fromEntries([...changes].map(([id, one]) => [id, one?.pages ?? null]));

test("a split leaves the first part its id and gives the rest a new one", () => {
  const changes = split(model(group(1, [1, 2, 3])), 2, -7);
  assert.deepEqual(pagesOf(changes), { 1: [1], [-7]: [2, 3] });
  assert.equal(changes.get(1)?.confidence, null);
});

test("nothing is split before the first page", () => {
  assert.throws(() => split(model(group(1, [1, 2])), 1, -7), DoesNotApply);
});

test("a merge keeps the earliest, and a confirmed document becomes changed", () => {
  const changes = merge(model(group(1, [1, 2], { state: "confirmed" }), group(2, [3])), [2, 1]);
  assert.deepEqual(pagesOf(changes), { 1: [1, 2, 3], 2: null });
  assert.equal(changes.get(1)?.state, "changed");
});

test("moved pages go where the scan order puts them, and an emptied document is gone", () => {
  const stands = model(group(1, [1, 3]), group(2, [2]));
  assert.deepEqual(pagesOf(move(stands, [2], 1, null, -7)), { 1: [1, 2, 3], 2: null });
  assert.deepEqual(pagesOf(move(stands, [2], 1, 1, -7)), { 1: [2, 1, 3], 2: null });
});

test("an act that the browser does not know changes nothing until the server answers", () => {
  assert.equal(foreseen(model(group(1, [1])), /** @type {any} */ ({ verb: "sort", body: { group: 1 } })).size, 0);
});
