/** The table: cells, filters, what acts on many cells change, and text in columns. */

import assert from "node:assert/strict";
import test from "node:test";

import { chosen, columnsOf, eitherWay, factsFrom, filledDown, fits, inUse, pasted, readTable, replaced, tableOf, toldIn } from "../../static/js/desk/table/rows.js";
import { csv, decoded, isWorkbook, read, tabbed, unguarded, untabbed } from "../../static/js/desk/table/separated.js";

const DESCRIPTION = /** @type {import("../../static/js/desk/describe/work.js").Description} */ ({
  fields: [["title", "text"], ["kind", "text"], ["date", "date"], ["people", "terms"]].map(([name = "", holds]) => ({ name, label: name === "kind" ? "Type" : name, holds, most: 500 })),
  templates: {}, languages: [],
});
const COLUMNS = columnsOf(DESCRIPTION);

/** @param {number} id @param {Record<string, any>} [facts] */
function group(id, facts = {}) {
  return /** @type {import("../../static/js/desk/records.js").Group} */ ({
    id, number: id + 10, state: "proposed", flagged: false, title: "", draftTitle: "", kind: "", date: "", confidence: null, version: 1,
    pages: [id], draftKind: "", flagNote: "", edited: false, draftDate: "", unsure: [], note: "", copyOf: 0, accepted: [], language: "",
    details: {}, personal: 0, ...facts,
  });
}

const A = group(1, { title: "b", confidence: 90 });
const B = group(2, { draftTitle: "c", confidence: 50, details: { people: [{ label: "Chavez", uri: "http://x.org/1" }] } });
const C = group(3, { title: "A 10", date: "1968" });
const D = group(4, { title: "A 9" });

test("it sorts by what cells show, numbers as numbers, empty ones last", () => {
  assert.deepEqual(chosen([A, B, C, D], {}, "title").map(({ id }) => id), [4, 3, 1, 2]);
  assert.deepEqual(chosen([A, B, C, D], {}, "-title").map(({ id }) => id), [2, 1, 3, 4]);
  assert.deepEqual(chosen([A, B, C, D], {}, "confidence").map(({ id }) => id).slice(0, 2), [2, 1]);
  assert.deepEqual(chosen([A, B, C, D], {}, "-confidence").map(({ id }) => id).slice(0, 2), [1, 2]);
  assert.deepEqual(chosen([A, B, C, D], { title: "a " }, "").map(({ id }) => id), [3, 4]);
});

test("a column is left out where every type hides it and no document fills it", () => {
  /** @param {Record<string, Record<string, string>>} uses */
  const templates = (uses) => Object.fromEntries(Object.entries(uses).map(([kind, rules]) => [kind, Object.fromEntries(Object.entries(rules).map(([name, use]) => [name, /** @type {any} */ ({ use })]))]));
  const hidden = { ...DESCRIPTION, templates: templates({ "": { people: "hidden", date: "hidden" }, letter: { people: "hidden", date: "shown" } }) };
  assert.deepEqual(inUse(COLUMNS, hidden, [A]).filter(({ editable }) => editable).map(({ name }) => name), ["title", "kind", "date"]);
  assert.deepEqual(inUse(COLUMNS, hidden, [A, B]).filter(({ editable }) => editable).map(({ name }) => name), ["title", "kind", "date", "people"]);
});

test("a date is shown in words and found as either", () => {
  assert.deepEqual([toldIn(C, "date"), toldIn(group(6, { draftDate: "1954-01-14" }), "date"), toldIn(C, "title")], ["1968", "January 14, 1954", "A 10"]);
  const dated = group(7, { date: "1954-01" });
  assert.deepEqual(["january", "1954-01", "may"].map((query) => fits(dated, "date", query)), [true, true, false]);
});

test("a type is shown in the language of the page and found as either", () => {
  /** @type {{django?: object}} */ (globalThis).django = { gettext: (/** @type {string} */ text) => (text === "letter" ? "Brief" : text) };
  const letter = group(8, { kind: "letter" });
  assert.deepEqual([toldIn(letter, "kind"), toldIn(group(9, { draftKind: "letter" }), "kind"), toldIn(group(9), "kind")], ["Brief", "Brief", ""]);
  assert.deepEqual(["brief", "letter", "report"].map((query) => fits(letter, "kind", query)), [true, true, false]);
  delete (/** @type {{django?: object}} */ (globalThis).django);
});

test("a filter knows empty, filled, and numbers", () => {
  assert.deepEqual([A, group(5, { personal: 3 })].map((one) => fits(one, "personal", ">0")), [false, true]);
  assert.deepEqual([A, B].map((one) => fits(one, "title", "-")), [false, true], "a draft is no title");
  assert.deepEqual([A, B].map((one) => fits(one, "title", "*")), [true, false]);
  assert.deepEqual([A, B, C].map((one) => fits(one, "confidence", "<80")), [false, true, false]);
  assert.deepEqual([A, B, C].map((one) => fits(one, "confidence", "> 80 %")), [true, false, false]);
  assert.deepEqual([A, B, C].map((one) => fits(one, "confidence", "0-79")), [false, true, false]);
  assert.deepEqual([A, B, C].map((one) => fits(one, "pages", "1 – 1000")), [true, true, true]);
  assert.equal(fits(B, "people", "chav"), true);
});

test("the first cell fills the others, its draft too", () => {
  assert.deepEqual(filledDown([B, A, C], ["title", "people"]), {
    1: { title: "c", people: "Chavez <http://x.org/1>" }, 3: { title: "c", people: "Chavez <http://x.org/1>" },
  });
  assert.deepEqual(filledDown([A], ["title"]), {});
});

test("cells are pasted where they belong, one row into all that are selected", () => {
  assert.deepEqual(pasted([["x", "flyer"], ["y", ""]], [A, B, C], ["title", "kind"], 1), { 1: { title: "x", kind: "flyer" }, 2: { title: "y" } });
  assert.deepEqual(pasted([["1968"]], [A, B, C, D], ["date"], 3), { 1: { date: "1968" }, 2: { date: "1968" } });
});

test("it finds and replaces signs as they are", () => {
  assert.deepEqual(replaced([A, C, D], ["title"], "a ", "$& ", false), { 3: { title: "$& 10" }, 4: { title: "$& 9" } });
  assert.deepEqual(replaced([A, C], ["title"], "a ", "x", true), {});
  assert.deepEqual(replaced([A], ["title"], "", "x", false), {});
  assert.deepEqual(replaced([group(5, { draftTitle: "The inuteman" }), B], ["title", "date"], "inuteman", "Minuteman", true), { 5: { title: "The Minuteman" } });
});

test("what goes out comes in, and says nothing new", () => {
  const groups = [A, B, C, group(5, { title: '=1+1, "so"\nand on', details: { people: [{ label: "Peace; and war" }] } })];
  const text = csv(tableOf(groups, COLUMNS));
  assert.match(text, /'=1\+1/);
  assert.deepEqual(readTable(read(text).rows.map((row) => row.map(unguarded)), groups, COLUMNS), { texts: {}, unknown: [], twice: [], unread: [], problem: "" });
});

test("a file is read by names or labels of its columns", () => {
  const table = read("Document;Type;shoe\n11;letter;9\n99;x;\n;;\n").rows;
  assert.deepEqual(readTable(table, [A, B], COLUMNS), { texts: { 1: { kind: "letter" } }, unknown: ["99"], twice: [], unread: ["shoe"], problem: "" });
  assert.match(readTable([["title"], ["x"]], [A], COLUMNS).problem, /no column called “document”/);
  assert.match(readTable([["document", "shoe"]], [A], COLUMNS).problem, /none of the table’s columns/);
  assert.deepEqual(factsFrom({ 1: { people: "Chavez; Huerta", title: "x" } }, DESCRIPTION), { 1: { people: [{ label: "Chavez" }, { label: "Huerta" }], title: "x" } });
});

test("what a file says twice, or cannot say, is told", () => {
  const twice = readTable(read("\n,,\ndocument,title\n11,x\n11,b\n12,y\n").rows, [A, B], COLUMNS);
  assert.deepEqual(twice, { texts: { 2: { title: "y" } }, unknown: [], twice: ["11"], unread: [], problem: "" }, "the last row of 11 is as it was");
  assert.match(readTable([["document", "kind", "Type"], ["11", "x", "y"]], [A], COLUMNS).problem, /Two columns of the file are called “Type”/);
  assert.match(readTable([], [A], COLUMNS).problem, /is empty/);
  assert.equal(eitherWay({ 1: { date: "5/3/1954" }, 2: { date: "5/5/54" }, 3: { date: "5/13/1954" }, 4: { title: "5/3/1954" }, 5: { date: "01.05.1954" } }), 1);
});

test("a file may name its separator; a mark that is never closed is found", () => {
  assert.deepEqual(read("\ufeffsep=;\r\ndocument;title\r\n1;a,b\r\n"), { rows: [["document", "title"], ["1", "a,b"]], open: 0 });
  assert.equal(read('document,title\n1,"two\nlines"\n2,"Foo\n3,Bar\n').open, 4);
  assert.equal(read('document,title\n1,a 5" print\n').open, 0);
  assert.deepEqual([[0x50, 0x4b, 3, 4, 5], [0x50]].map((bytes) => isWorkbook(new Uint8Array(bytes).buffer)), [true, false]);
});

test("quotation marks of a title are no sign of the clipboard", () => {
  assert.deepEqual(untabbed('"Vote No" flyer\tletter\r\n"To all members\tflyer\r\n"Peace"\t"a\nb ""c"""\r\n\tlast\t'), [
    ['"Vote No" flyer', "letter"], ['"To all members', "flyer"], ['"Peace"', 'a\nb "c"'], ["", "last", ""],
  ]);
  assert.deepEqual([untabbed(""), untabbed("\n"), untabbed("a\n\nb\n")], [[], [], [["a"], [""], ["b"]]]);
});

test("text in columns keeps quotes, breaks and tabs", () => {
  const rows = [["a\tb", 'say "so"', "two\nlines", ""], ["1", "2", "3", "4"]];
  assert.deepEqual(untabbed(tabbed(rows)), rows);
  assert.deepEqual(read(csv(rows)).rows.map((row) => row.map(unguarded)), rows);
  assert.equal(unguarded("'tis"), "'tis");
});

test("a file is read in the letters it was written in", () => {
  /** @param {number[]} bytes */
  const read = (bytes) => decoded(new Uint8Array(bytes).buffer);
  assert.deepEqual(read([0x4d, 0xc3, 0xbc]), { text: "M\u00fc", guess: "" });
  assert.deepEqual(read([0x4d, 0xfc]), { text: "M\u00fc", guess: "windows-1252" });
  assert.deepEqual(read([0xff, 0xfe, 0x4d, 0x00, 0xfc, 0x00]), { text: "M\u00fc", guess: "" });
  assert.deepEqual(read([0x4d, 0x00, 0xfc, 0x00]), { text: "M\u00fc", guess: "" });
  assert.deepEqual(read([0x00, 0x4d, 0x00, 0xfc]), { text: "M\u00fc", guess: "" });
});

test("older files are read as what makes words of them", () => {
  /** @param {string} text @param {string} encoding @returns {ArrayBuffer} */
  const written = (text, encoding) => {
    const letters = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    return Uint8Array.from(text, (letter) => letters.indexOf(letter)).buffer;
  };
  const WEST = "document,title\n1,Café Zürich à la mode größer\n2,Señor Nuñez, ÉCOLE"; // Node reads 0x80 to 0x9f of Windows otherwise than browsers
  for (const [encoding, text] of [
    ["windows-1252", WEST],
    ["macintosh", WEST],
    ["windows-1250", "document,title\n1,Książka o Łodzi\n2,Święto pracy – żołnierze"],
  ]) {
    assert.deepEqual(decoded(written(text ?? "", encoding ?? "")), { text, guess: encoding });
  }
});
