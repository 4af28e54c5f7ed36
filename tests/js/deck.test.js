/** What the queue holds of places to check. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Deck } from "../../static/js/desk/deck.js";
import { placeOf } from "../../static/js/desk/seams.js";

/** @typedef {import("../../static/js/desk/seams.js").Seam} Seam */

/** @param {number} position @returns {Seam} */
const seam = (position) => /** @type {any} */ ({ left: { position, rotation: 0 }, right: { position: position + 1, rotation: 0 }, percent: 50 });

/** @param {...number} positions */
const seams = (...positions) => positions.map(seam);

/** @type {Deck} */
let deck;
beforeEach(() => {
  deck = new Deck();
  deck.update(seams(4, 1, 3, 2));
});

/** Passed, on the screen, and ahead. */
const places = () => [deck.passed.map(placeOf), placeOf(deck.current), deck.ahead.map(placeOf)];

test("places come as the server sorts them, and the end of the queue shows nothing", () => {
  assert.deepEqual(places(), [[], 0, [4, 1, 3, 2]]);
  for (let n = 0; n < 5; n++) deck.pass();
  assert.deepEqual(places(), [[4, 1, 3, 2], 0, []]);
  deck.clear();
  assert.deepEqual(deck.all, []);
});

test("the place on the screen and the next one stay, and what was skipped does not come again", () => {
  deck.advance();
  deck.skip();
  assert.deepEqual(places(), [[4], 1, [3, 2]]);
  deck.update(seams(2, 4, 5, 3, 1));
  assert.deepEqual(places(), [[4], 1, [3, 2, 5]]);
  deck.update(seams(2, 5));
  assert.deepEqual(places(), [[4], 1, [2, 5]], "the next one was answered meanwhile");
});

test("the place on the screen keeps its leaves, which the pair holds, with what the server says of them", () => {
  deck.advance();
  const { current } = deck;
  const leaf = current?.left;
  const [fresh] = seams(4);
  deck.update([Object.assign(fresh ?? seam(4), { percent: 70, left: { position: 4, rotation: 90 } })]);
  assert.equal(deck.current, current);
  assert.equal(deck.current?.left, leaf);
  assert.deepEqual([deck.current?.percent, leaf?.rotation], [70, 90]);
});

test("a place that is shown again comes before the one that was on the screen, and is skipped no more", () => {
  deck.advance();
  deck.skip();
  const [four] = deck.passed;
  deck.show(four ?? seam(4));
  assert.deepEqual(places(), [[], 4, [1, 3, 2]]);
  assert.equal(deck.skipped.size, 0);
});

test("places that were answered elsewhere do not come, and one on the screen is told", () => {
  deck.advance();
  assert.equal(deck.drop(seams(3, 9)), false);
  assert.deepEqual(places(), [[], 4, [1, 2]]);
  assert.equal(deck.drop(seams(4)), true);
});

test("a refused answer is asked again, skipped, or left to the server", () => {
  deck.advance();
  deck.pass();
  deck.pass();
  const [four, one] = deck.passed;
  deck.refuse([four ?? seam(4)], "again");
  assert.deepEqual(places(), [[1], 3, [4, 2]]);
  deck.refuse([one ?? seam(1)], "skip");
  assert.deepEqual([...deck.skipped], [1]);
  deck.pass();
  deck.refuse(deck.passed, "drop");
  assert.deepEqual(places(), [[], 4, [2]]);
});
