/** How places in the queue follow what the server says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Answers } from "../../static/js/desk/answers.js";
import { comingUp, placeOf, regroup, turnAgain, turnBack } from "../../static/js/desk/seams.js";

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

test("pages lie as the server says, turned by what it does not have yet", () => {
  const seams = [seam(1, [1, 1]), seam(2, [1, 2])];
  const pending = [{ verb: "rotate", body: { pages: [2, 7], by: 270 } }, { verb: "flag", body: { pages: [2] } }];
  turnAgain(seams, [[1, 90], [2, 180]], pending);
  assert.deepEqual(seams.map(({ left, right }) => [left.rotation, right.rotation]), [[90, 90], [90, 0]]);
});

test("a rotation that was refused is taken back at the places that showed it, and nothing else is", () => {
  const seams = [seam(1, [1, 1]), seam(2, [1, 2])];
  turnBack(seams, { verb: "rotate", body: { pages: [2], by: 90 } });
  turnBack(seams, { verb: "flag", body: { pages: [1] } });
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

test("the next place stays the next, and what is on the screen or was skipped does not come again", () => {
  const seams = [4, 1, 3, 2].map((position) => seam(position, [1, 1]));
  const [four, one, three, two] = seams;
  /** @param {Seam[]} coming */
  const places = (coming) => coming.map(placeOf);
  assert.deepEqual(places(comingUp(seams, one ?? null, three, new Set([2]))), [3, 4]);
  assert.deepEqual(places(comingUp(seams, one ?? null, one, new Set())), [4, 3, 2]);
  assert.deepEqual(places(comingUp(seams, null, undefined, new Set())), [4, 1, 3, 2]);
  assert.deepEqual(places(comingUp([two, four].filter((some) => some !== undefined), null, three, new Set())), [2, 4], "answered meanwhile");
});

test("an answer that waits holds for its pages in the documents that hhreview moved them into after the answer before", () => {
  const answers = Object.assign(Object.create(Answers.prototype), { pending: [], became: new Map(), add(/** @type {any} */ entry) { this.pending.push(entry); }, kept: { put() {} } });
  const entries = [seam(2, [1, 2]), seam(8, [5, 6]), seam(20, [11, 11])].map((one) => answers.send("answer", [one], "same"));
  const rows = [{ id: 1, version: 8, spans: [[1, 4]] }, { id: 5, version: 8, spans: [[7, 8]] }, { id: 6, version: 7, spans: [[9, 9]] }];
  answers.follow(entries[2], { edit: { sequence: 7 }, groups: rows });
  assert.deepEqual(entries.map(({ versions }) => versions), [{ 1: 8 }, { 5: 8, 6: 1 }, { 11: 1 }]);
});
