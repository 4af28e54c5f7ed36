/** Pictures that did not come are asked for again. */

import assert from "node:assert/strict";
import test from "node:test";

const windows = new EventTarget();
/** @type {Record<string, (event: {target: unknown}) => void>} */
const heard = {};
class Picture {
  isConnected = true;
  srcset = "";
  /** @type {string[]} */
  asked = [];

  get src() {
    return "/scans/1/320/a/";
  }

  set src(address) {
    this.asked.push(address);
  }
}
Object.assign(globalThis, {
  HTMLImageElement: Picture,
  addEventListener: windows.addEventListener.bind(windows),
  document: { addEventListener: (/** @type {string} */ name, /** @type {any} */ told) => (heard[name] = told) },
});
await import("../../static/js/desk/again.js");

test("a picture that was refused while signed out comes once somebody signed in again", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const picture = new Picture();
  for (let i = 0; i < 4; i += 1) {
    heard.error?.({ target: picture });
    context.mock.timers.tick(60_000);
  }
  assert.equal(picture.asked.length, 3, "by itself");
  for (const news of ["signed-in", "answered", "online"]) windows.dispatchEvent(new Event(news));
  assert.equal(picture.asked.length, 6);
  heard.load?.({ target: picture });
  windows.dispatchEvent(new Event("signed-in"));
  assert.equal(picture.asked.length, 6, "it is there");
});
