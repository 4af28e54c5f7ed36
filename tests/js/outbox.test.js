/** What the server says of an act, laid over what the desk knows. */

import assert from "node:assert/strict";
import test from "node:test";

import { Model } from "../../static/js/desk/model.js";
import { Outbox } from "../../static/js/desk/outbox.js";

/** @param {number} id @param {[number, number][]} spans @param {number} confidence */
const row = (id, spans, confidence) => ({ id, number: id, state: "proposed", confidence, version: 1, spans, details: {}, accepted: [] });

/** Four pages; the second and the third are on their side, which makes them 25 fiftieths wide. */
function desk() {
  const rows = [row(1, [[1, 2]], 40), row(2, [[3, 3]], 50), row(3, [[4, 4]], 60)];
  const columns = Object.keys(row(0, [], 0));
  const groups = { columns, rows: rows.map((one) => Object.values(one)) };
  const index = { version: 1, held: [[1, 4]], groups, seams: btoa("\x0a\x0b\x0c"), aspects: btoa("\x64\x19\x19\x64"), answered: [] };
  return { index, model: new Model(index, { unknown: 255, aspectUnits: 50, doubtful: 50, worth: 5 }) };
}

/** @param {Model} model @param {object} told  by the server */
const settle = (model, told) => Outbox.prototype.settle.call(/** @type {any} */ ({ pending: [], model, layOn() {} }), null, told);

/** @param {number} position @param {number} rotation */
const record = (position, rotation) => ({ columns: ["position", "width", "height", "rotation", "role", "restricted"], rows: [[position, 200, 100, rotation, "", null]] });

test("documents that nobody touched are as sure as the server says now, and keep their pages", () => {
  const { model } = desk();
  const told = { version: 2, groups: [row(3, [[4, 4]], 99)], doubts: [[2, 77]], sure: [[1, 45], [9, 1]] };
  settle(model, told);
  assert.equal(model.groups.get(1)?.confidence, 45);
  assert.deepEqual(model.groups.get(1)?.pages, [1, 2]);
  assert.equal(model.groups.get(2)?.confidence, 50);
  assert.equal(model.groups.get(3)?.confidence, 99);
  assert.deepEqual([...model.at].slice(1, 5), [1, 1, 2, 3]);
  assert.equal(model.seams[1], 77);
  assert.equal(model.groups.size, 3);
});

test("what the server said of a page stands when a record that was asked for before arrives", () => {
  const { model } = desk();
  settle(model, { version: 2, rotations: [[2, 180], [3, 90]], roles: [[2, "empty"]], restricted: [[3, ["Health", null]]] });
  for (const p of [1, 2, 3]) model.addPages(/** @type {any} */ (record(p, p === 1 ? 0 : 90)), model.edition);
  assert.deepEqual([1, 2, 3].map((p) => model.pages.get(p)?.rotation), [0, 180, 90]);
  assert.deepEqual([1, 2, 3].map((p) => model.aspect(p)), [2, 2, 0.5]);
  assert.equal(model.pages.get(2)?.role, "empty");
  assert.deepEqual(model.pages.get(3)?.restricted, ["Health", null]);
});

test("records are asked for again with the index, and those asked for before are of other positions", () => {
  const { index, model } = desk();
  const { edition } = model;
  model.addPages(/** @type {any} */ (record(1, 0)), edition);
  model.load(index);
  assert.equal(model.pages.size, 0);
  model.addPages(/** @type {any} */ (record(2, 0)), edition);
  assert.equal(model.pages.size, 0);
  model.addPages(/** @type {any} */ (record(2, 0)), model.edition);
  assert.equal(model.pages.size, 1);
});

test("what an act does to pages is taken back where it is refused, and later acts stay", () => {
  const { model } = desk();
  for (const p of [1, 2]) model.addPages(/** @type {any} */ (record(p, 0)), model.edition);
  const outbox = Object.assign(Object.create(Outbox.prototype), { model, pending: [] });
  const [refused, later] = [{ verb: "rotate", body: { pages: [1, 2], by: 90 } }, { verb: "rotate", body: { pages: [2], by: 90 } }].map((change) => ({ ...change, ...outbox.lay(change) }));
  const marked = { verb: "mark", body: { pages: [1], role: "empty" } };
  const mark = { ...marked, ...outbox.lay(marked) };
  outbox.pending = [later];
  assert.deepEqual([1, 2].map((p) => [model.pages.get(p)?.rotation, model.pages.get(p)?.role]), [[90, "empty"], [180, ""]]);
  outbox.settle(mark, { version: 1 });
  assert.equal(model.pages.get(1)?.role, "");
  outbox.settle(refused, { version: 1 });
  assert.deepEqual([1, 2].map((p) => model.pages.get(p)?.rotation), [0, 90]);
  assert.deepEqual([1, 2].map((p) => model.aspect(p)), [2, 0.5]);
});

/** @param {string} verb @param {Record<number, string>} [seen] */
const pending = (verb, seen) => ({ actId: verb, verb, door: "acts", body: { groups: [2] }, versions: { 2: 1 }, seen });

test("a confirmation that waits means the pages that were seen, and none that hhreview added since", () => {
  const courier = Object.assign(Object.create(Outbox.prototype), { became: new Map(), kept: { put() {} }, model: {} });
  courier.pending = [pending("confirm", { 2: "3" }), pending("confirm", { 2: "3-4" }), pending("describe")];
  const written = { ...row(2, [[3, 4]], 50), version: 8 };
  courier.follow({ verb: "confirm", body: {} }, { edit: { sequence: 7 }, groups: [written] });
  assert.deepEqual(courier.pending.map((/** @type {any} */ { versions }) => versions[2]), [1, 8, 8]);
});

test("a confirmation of a document that was just cut off means the pages it had then", () => {
  for (const [spans, version] of /** @type {[[number, number][], number | undefined][]} */ ([[[[3, 4]], 8], [[[3, 3]], undefined]])) {
    const courier = Object.assign(Object.create(Outbox.prototype), { became: new Map(), kept: { put() {} }, model: {} });
    courier.pending = [{ ...pending("confirm", { "-5": "3-4" }), body: { groups: [-5] }, versions: {} }];
    courier.follow({ verb: "split", body: { before: 3 }, newId: -5 }, { edit: { sequence: 7 }, groups: [{ ...row(9, spans, 50), version: 8 }] });
    assert.deepEqual(courier.pending[0].body.groups, [9]);
    assert.equal(courier.pending[0].versions[9], version);
  }
});

test("drafts that a worker changed, without a new version, are asked for", async () => {
  const { index, model } = desk();
  const told = { version: 1, drafting: 0, redrafted: 1 };
  const asked = [];
  Object.assign(globalThis, {
    document: { hidden: false, body: { dataset: {} } },
    fetch: async (/** @type {string} */ address) => {
      asked.push(address);
      const answer = address === "/index/" ? { ...index, redrafted: 1 } : told;
      return new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } });
    },
  });
  const box = Object.assign(Object.create(Outbox.prototype), {
    model, pending: [], addresses: { index: "/index/", changes: "/changes/" }, at: () => 1, isBack() {}, dispatchEvent() {},
  });
  await box.poll();
  await box.poll();
  assert.deepEqual(asked, ["/changes/?since=1&at=1", "/index/", "/changes/?since=1&at=1"]);
});
