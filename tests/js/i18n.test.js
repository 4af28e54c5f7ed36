/** Sentences with values, in both directions of writing. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { _, mirrored } from "../../static/js/i18n.js";

/** @param {string} dir @param {() => void} check */
function inPage(dir, check) {
  Object.defineProperty(globalThis, "document", { value: { dir, documentElement: { lang: "he" } }, configurable: true });
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
