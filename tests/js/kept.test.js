/** What the browser keeps of a change until the server has it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Kept } from "../../static/js/desk/kept.js";

test("a change is kept with all that it means, without what only this visit knows", () => {
  const kept = new Kept({ person: "7", collection: "afl", title: "AFL", address: "/c/afl/" });
  /** @type {any[]} */
  const records = [];
  kept.write = async (work) => void work(/** @type {any} */ ({ put: (/** @type {any} */ record) => records.push(record) }));
  const change = { actId: "a", verb: "confirm", door: /** @type {const} */ ("acts"), body: { groups: [2] }, versions: { 2: 5 }, seen: { 2: "4-6" }, newId: -3, shown: [2], seams: [] };
  kept.put(Object.assign({ inverse: new Map(), pages: new Map() }, change));
  const [{ at, owner, title, address, ...rest }] = records;
  assert.deepEqual(rest, change);
  assert.deepEqual([owner, title, address], ["7/afl", "AFL", "/c/afl/"]);
  assert.ok(at > 0);
});
