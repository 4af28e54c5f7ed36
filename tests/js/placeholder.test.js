/** What stands in for a scan is a bitmap of its two colors. */

import assert from "node:assert/strict";
import test from "node:test";

import { placeholderAddress } from "../../static/js/desk/placeholder.js";

test("a placeholder is a bitmap of eight by eight spots between two colors", () => {
  const spots = Array.from({ length: 32 }, (_, i) => i);
  const address = placeholderAddress(btoa(String.fromCharCode(0, 10, 20, 150, 160, 170, ...spots)));
  assert.ok(address.startsWith("data:image/bmp;base64,"));
  const bytes = Uint8Array.from(atob(address.split(",")[1] ?? ""), (letter) => letter.charCodeAt(0));
  assert.equal(String.fromCharCode(...bytes.subarray(0, 2)), "BM");
  const view = new DataView(bytes.buffer);
  assert.deepEqual([view.getUint32(2, true), view.getUint32(10, true)], [bytes.length, 118]);
  assert.deepEqual([view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)], [8, -8, 4]);
  assert.deepEqual([...bytes.subarray(54, 58)], [20, 10, 0, 0], "blue, green, red");
  assert.deepEqual([...bytes.subarray(54 + 60, 118)], [170, 160, 150, 0]);
  assert.deepEqual([...bytes.subarray(118)], spots);
});
