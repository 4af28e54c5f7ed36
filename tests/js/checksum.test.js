/** The checksum that tells whether a file is the one whose upload was interrupted. */

import assert from "node:assert/strict";
import test from "node:test";
import { crc32 } from "node:zlib";

import { crc32Of } from "../../static/js/intake/checksum.js";

test("it is that of zlib, which the server has, across pieces as well", async () => {
  for (const size of [0, 1, 255, (1 << 22) - 1, 1 << 22, (1 << 22) + 7]) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 9)) & 0xff);
    assert.equal(await crc32Of(new Blob([bytes])), crc32(bytes).toString(16).padStart(8, "0"));
  }
  assert.equal(await crc32Of(new Blob(["123456789"])), "cbf43926");
});
