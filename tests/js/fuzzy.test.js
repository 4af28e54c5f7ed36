/** What is typed into the command palette finds what was meant, the best first. */

import assert from "node:assert/strict";
import test from "node:test";

import { fitting, score } from "../../static/js/fuzzy.js";

const names = (/** @type {string[]} */ ...labels) => labels.map((label) => ({ label }));
/** @param {string} query @param {{label: string}[]} entries */
const found = (query, entries) => fitting(query, entries).map(({ label }) => label);

test("a beginning is better than a word inside, and that than a part or scattered letters", () => {
  const entries = names("Recent operations", "Reconfirm", "Unconfirm", "Document to confirm", "Confirm in bulk");
  assert.deepEqual(found("confirm", entries).slice(0, 2), ["Confirm in bulk", "Document to confirm"]);
  assert.ok(!found("confirm", entries).includes("Recent operations"));
});

test("every word must fit, in any order, without regard to marks and capitals", () => {
  assert.notEqual(score("page NEXT", "Next page"), null);
  assert.equal(score("next book", "Next page"), null);
  assert.notEqual(score("resume", "Résumé of 1954"), null);
  assert.notEqual(score("nxpg", "Next page"), null);
});

test("what is typed is never read as a pattern", () => {
  assert.notEqual(score("(a.b", "Letter (a.b)"), null);
  assert.equal(score(".*", "Next page"), null);
});

test("nothing typed leaves the order alone, and what is always meant comes last", () => {
  const entries = [{ label: "Go to “x”", always: true }, ...names("Export", "Text")];
  assert.deepEqual(found("", entries), ["Go to “x”", "Export", "Text"]);
  assert.deepEqual(found("ext", entries), ["Text", "Export", "Go to “x”"]);
});
