/** Describing: what a point of the scan means, which documents need work, and what a form changes. */

import assert from "node:assert/strict";
import test from "node:test";

import { lineAt, textWithin, upright } from "../../static/js/desk/describe/lines.js";
import { changesOf, isUnsure, kindOf, needsWork, nextOf, termsFrom, termsLine } from "../../static/js/desk/describe/work.js";

/** @type {import("../../static/js/desk/describe/lines.js").Line[]} */
const LINES = [["BOYCOTT GRAPES", 100, 100, 240, 120, 90], ["New York, May 3, 1968", 100, 140, 310, 160, 90]];

/** @param {Partial<import("../../static/js/desk/records.js").Group>} [facts] */
function group(facts = {}) {
  return /** @type {import("../../static/js/desk/records.js").Group} */ ({
    id: 1, number: 1, state: "proposed", flagged: false, title: "", draftTitle: "", kind: "", date: "", confidence: null, version: 1,
    pages: [1], draftKind: "", flagNote: "", edited: false, draftDate: "", unsure: [], note: "", copyOf: 0, accepted: [], language: "",
    details: {}, ...facts,
  });
}

const DESCRIPTION = /** @type {import("../../static/js/desk/describe/work.js").Description} */ ({
  fields: ["title", "kind", "date", "box"].map((name) => ({ name, label: name, holds: "text", most: 500 })),
  templates: {
    "": { title: rule("required"), kind: rule("shown"), date: rule("shown"), box: rule("shown") },
    letter: { title: rule("required"), kind: rule("shown"), date: rule("hidden"), box: rule("required") },
  },
  languages: [],
});

/** @param {string} use */
function rule(use) {
  return /** @type {any} */ ({ use, default: "", repeatable: true });
}

test("a line is found where it is, and a little beside it", () => {
  assert.equal(lineAt(LINES, { x: 150, y: 110 })?.[0], "BOYCOTT GRAPES");
  assert.equal(lineAt(LINES, { x: 245, y: 125 })?.[0], "BOYCOTT GRAPES");
  assert.equal(lineAt(LINES, { x: 150, y: 130.5 })?.[0], undefined);
  assert.equal(lineAt(LINES, { x: 400, y: 110 }), null);
});

test("a drag takes the words whose middle it covers, whichever way", () => {
  assert.equal(textWithin(LINES, { x: 195, y: 150 }, { x: 312, y: 152 }), "May 3, 1968");
  assert.equal(textWithin(LINES, { x: 312, y: 158 }, { x: 195, y: 142 }), "May 3, 1968");
  assert.equal(textWithin(LINES, { x: 90, y: 95 }, { x: 320, y: 165 }), "BOYCOTT GRAPES New York, May 3, 1968");
  assert.equal(textWithin(LINES, { x: 400, y: 150 }, { x: 500, y: 152 }), "");
});

test("points of a page that was scanned the wrong way are rotated with it", () => {
  assert.deepEqual(upright({ x: 10, y: 20 }, 300, 400, 0), { x: 10, y: 20 });
  assert.deepEqual(upright({ x: 10, y: 20 }, 300, 400, 90), { x: 380, y: 10 });
  assert.deepEqual(upright({ x: 10, y: 20 }, 300, 400, 180), { x: 290, y: 380 });
  assert.deepEqual(upright({ x: 10, y: 20 }, 300, 400, 270), { x: 20, y: 290 });
});

test("a document needs work while a required field is empty or a draft waits", () => {
  assert.equal(needsWork(group(), DESCRIPTION), true);
  assert.equal(needsWork(group({ title: "A" }), DESCRIPTION), false);
  assert.equal(needsWork(group({ title: "A", draftDate: "1968" }), DESCRIPTION), true);
  assert.equal(needsWork(group({ title: "A", accepted: ["title"] }), DESCRIPTION), true);
  assert.equal(needsWork(group({ title: "A", kind: "letter", draftDate: "1968" }), DESCRIPTION), true, "a letter needs its box");
  assert.equal(needsWork(group({ title: "A", kind: "letter", draftDate: "1968", details: { box: "3" } }), DESCRIPTION), false);
});

test("a document follows the rules of its drafted type until another is entered, in capitals or not", () => {
  assert.equal(needsWork(group({ title: "A", kind: "Letter " }), DESCRIPTION), true);
  assert.equal(needsWork(group({ title: "A", draftKind: "letter" }), DESCRIPTION), true);
  assert.equal(kindOf(group({ draftKind: "letter" }), DESCRIPTION), "letter");
  assert.equal(kindOf(group({ kind: "flyer", draftKind: "letter" }), DESCRIPTION), "flyer");
  assert.equal(kindOf(group(), { ...DESCRIPTION, templates: { "": { kind: { ...rule("shown"), default: "will" } } } }), "will");
});

test("the next document is found in scan order, going round", () => {
  const all = [1, 2, 3].map((id) => group({ id, title: id === 2 ? "A" : "" }));
  assert.equal(nextOf(all, 1, 1, (one) => !one.title), 3);
  assert.equal(nextOf(all, 3, 1, (one) => !one.title), 1);
  assert.equal(nextOf(all, 1, -1, () => true), 3);
  assert.equal(nextOf(all.slice(0, 1), 1, 1, () => true), 0);
});

test("only what differs is sent, and drafts that are saved", () => {
  const before = group({ title: "A", accepted: ["title"], draftKind: "flyer", details: { people: [{ label: "Chavez" }] } });
  assert.deepEqual(changesOf(before, { title: "A", kind: "flyer", date: "", people: [{ label: "Chavez" }], box: "" }), { title: "A", kind: "flyer" });
  assert.deepEqual(changesOf(before, { title: "A", kind: "", people: [] }), { title: "A", kind: "", people: [] });
});

test("names are one line and names again", () => {
  const terms = [{ label: "Peace; and war" }, { label: "Chavez, Cesar", uri: "http://x.org/1" }];
  assert.equal(termsLine(terms), "Peace\\; and war; Chavez, Cesar <http://x.org/1>");
  assert.deepEqual(termsFrom(termsLine(terms)), terms);
  assert.deepEqual(termsFrom(" ; "), []);
});

test("a draft is unsure while it is shown and confirming would leave it", () => {
  assert.equal(isUnsure(group({ draftTitle: "B0ycott", unsure: ["title"] }), "title"), true);
  assert.equal(isUnsure(group({ draftTitle: "Boycott" }), "title"), false);
  assert.equal(isUnsure(group({ title: "Boycott", draftTitle: "B0ycott", unsure: ["title"] }), "title"), false);
  assert.equal(isUnsure(group({ unsure: ["language"] }), "language"), false);
});
