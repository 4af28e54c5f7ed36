/** Sentences with values, in both directions of writing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { _, _n, mirrored, moment } from "../../static/js/i18n.js";

/** @param {string} dir @param {() => void} check @param {string} [lang] */
function inPage(dir, check, lang = "he") {
  Object.defineProperty(globalThis, "document", { value: { dir, documentElement: { lang } }, configurable: true });
  try {
    check();
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
}

test("a value stands alone where lines begin at the right", () => {
  inPage("rtl", () => assert.equal(_("Split “%(title)s”", { title: "Minutes (1954)" }), "Split “\u2068Minutes (1954)\u2069”"));
  inPage("ltr", () => assert.equal(_("Split “%(title)s”", { title: "Minutes (1954)" }), "Split “Minutes (1954)”"));
});

test("the arrow that leads onward is the one to the left there", () => {
  inPage("rtl", () => assert.equal(mirrored("ArrowLeft"), "ArrowRight"));
  inPage("ltr", () => assert.equal(mirrored("ArrowLeft"), "ArrowLeft"));
});

/** @type {Record<string, Record<string, string>>} tests/test_moments.py holds the server to them */
const MOMENTS = JSON.parse(readFileSync(new URL("moments.json", import.meta.url), "utf-8"));

test("a date stands as the server writes it", () => {
  for (const [lang, cases] of Object.entries(MOMENTS)) {
    inPage("ltr", () => assert.deepEqual(Object.fromEntries(Object.keys(cases).map((when) => [when, moment(when).replace(/\u202f/g, " ")])), cases), lang);
  }
});

test("how many things there are has a sign between thousands, and pages are called as they are", () => {
  inPage("ltr", () => {
    assert.equal(_("%(count)s documents from page %(page)s", { count: 1232, page: 1232 }), "1,232 documents from page 1232");
    assert.equal(_n("%(count)s page", "%(count)s pages", 1232), "1,232 pages");
  }, "en");
  inPage("ltr", () => assert.equal(_("%(count)s documents", { count: 1232 }), "1.232 documents"), "de");
});
