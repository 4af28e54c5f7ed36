/** How places in the queue follow what the server says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Answers } from "../../static/js/desk/answers.js";
import { placeOf, regroup, rotateAgain, rotateBack } from "../../static/js/desk/seams.js";

/** @typedef {import("../../static/js/desk/seams.js").Seam} Seam */

/** @param {number} position @param {number} group @param {number} rotation */
const leaf = (position, group, rotation = 0) => /** @type {any} */ ({ position, group, rotation });

/** @param {number} position @param {[number, number]} groups @returns {Seam} */
const seam = (position, [first, second]) => ({
  left: leaf(position, first),
  right: leaf(position + 1, second),
  percent: 50,
  joined: first === second,
  groups: { [first]: 1, [second]: 1 },
});

test("pages lie as the server says, rotated by what it does not have yet", () => {
  const seams = [seam(1, [1, 1]), seam(2, [1, 2])];
  const pending = [{ verb: "rotate", body: { pages: [2, 7], by: 270 } }, { verb: "flag", body: { pages: [2] } }];
  rotateAgain(seams, [[1, 90], [2, 180]], pending);
  assert.deepEqual(seams.map(({ left, right }) => [left.rotation, right.rotation]), [[90, 90], [90, 0]]);
});

test("a rotation that was refused is taken back at the places that showed it, and nothing else is", () => {
  const seams = [seam(1, [1, 1]), seam(2, [1, 2])];
  rotateBack(seams, { verb: "rotate", body: { pages: [2], by: 90 } });
  rotateBack(seams, { verb: "flag", body: { pages: [1] } });
  assert.deepEqual(seams.map(({ left, right }) => [left.rotation, right.rotation]), [[0, 270], [270, 0]]);
});

test("pages are in the documents that an answer put them in, with the versions of these", () => {
  const [split, far] = [seam(2, [1, 1]), seam(8, [5, 6])];
  const rows = /** @type {any[]} */ ([{ id: 1, version: 4, spans: [[1, 2]] }, { id: 9, version: 1, spans: [[3, 4]] }]);
  regroup([split, far], rows);
  assert.deepEqual([split.left.group, split.right.group, split.groups], [1, 9, { 1: 4, 9: 1 }]);
  assert.deepEqual([far.left.group, far.right.group, far.groups], [5, 6, { 5: 1, 6: 1 }]);
  assert.deepEqual([placeOf(split), placeOf(null)], [2, 0]);
});

test("a page whose neighbor changed keeps its own document and version", () => {
  const one = seam(2, [1, 3]);
  regroup([one], /** @type {any[]} */ ([{ id: 3, version: 7, spans: [[3, 3]] }]));
  assert.deepEqual(one.groups, { 1: 1, 3: 7 });
});
