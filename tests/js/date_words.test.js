/** EDTF in words. `tests/engine/drafting/test_date_forms.py` holds the server to the same cases. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { dateInWords } from "../../static/js/desk/date_words.js";

/** @type {[string, string][]} */
const CASES = JSON.parse(readFileSync(new URL("date_words.json", import.meta.url), "utf-8"));

test("EDTF is said in words as the server says it", () => {
  assert.deepEqual(CASES.map(([edtf]) => [edtf, dateInWords(edtf)]), CASES);
});

test("what is no EDTF stays as it is", () => {
  for (const text of ["", "May 1954", "54-03", "1954-05-06-07", "../..", "1/2/1954"]) assert.equal(dateInWords(text), text);
});
