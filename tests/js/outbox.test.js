/** What the server says of an act, laid over what the desk knows. */

import assert from "node:assert/strict";
import test from "node:test";

import { Model } from "../../static/js/desk/model.js";
import { Outbox } from "../../static/js/desk/outbox.js";

/** @param {number} id @param {[number, number][]} spans @param {number} confidence */
const row = (id, spans, confidence) => ({ id, number: id, state: "proposed", confidence, version: 1, spans, details: {}, accepted: [] });

test("documents that nobody touched are as sure as the server says now, and keep their pages", () => {
  const rows = [row(1, [[1, 2]], 40), row(2, [[3, 3]], 50), row(3, [[4, 4]], 60)];
  const columns = Object.keys(row(0, [], 0));
  const groups = { columns, rows: rows.map((one) => Object.values(one)) };
  const index = { version: 1, held: [[1, 4]], groups, seams: btoa("\x0a\x0b\x0c"), aspects: "", answered: [] };
  const model = new Model(index, { unknown: 255, aspectUnits: 50, doubtful: 50, worth: 5 });
  const told = { version: 2, groups: [row(3, [[4, 4]], 99)], doubts: [[2, 77]], sure: [[1, 45], [9, 1]] };
  Outbox.prototype.settle.call(/** @type {any} */ ({ pending: [], model, layOn() {} }), null, told);
  assert.equal(model.groups.get(1)?.confidence, 45);
  assert.deepEqual(model.groups.get(1)?.pages, [1, 2]);
  assert.equal(model.groups.get(2)?.confidence, 50);
  assert.equal(model.groups.get(3)?.confidence, 99);
  assert.deepEqual([...model.at].slice(1, 5), [1, 1, 2, 3]);
  assert.equal(model.seams[1], 77);
  assert.equal(model.groups.size, 3);
});
