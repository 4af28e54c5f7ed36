/** EDTF dates in words, by the same rules (and test cases) as `clustering/engine/drafting/date_words.py`. Pure. */

import { _ } from "../i18n.js";

const NO_DATE = "XXXX";
const ONE = String.raw`(?:-?\d{4}|\d{3}X|\d\dXX)(?:-(?:\d\d|XX)(?:-(?:\d\d|XX))?)?[?~%]?`;
const EDTF = new RegExp(String.raw`^(?:${NO_DATE}|${ONE}|(?:${ONE}|\.\.)?/(?:${ONE}|\.\.)?)$`);

/** @returns {string[]} by number less one */
const months = () => [
  _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
  _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
];

/** @param {number} number */
const month = (number) => {
  const season = { 21: _("Spring"), 22: _("Summer"), 23: _("Fall"), 24: _("Winter") }[number];
  return season ?? months()[number - 1] ?? String(number);
};

/** @type {Map<string, string>} words are made once: a heading asks for its date at every drawing */
const known = new Map();
const MOST_KNOWN = 5000;

/** @param {string} text @returns {string} in words; whatever is no EDTF stays as it is */
export function dateInWords(text) {
  if (!text || !EDTF.test(text)) return text;
  let words = known.get(text);
  if (words === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, (words = inWords(text)));
  }
  return words;
}

/** @param {string} edtf */
function inWords(edtf) {
  const [first = "", last] = edtf.split("/");
  if (last === undefined) return marked(first);
  const open = ["", ".."];
  if (open.includes(first)) return open.includes(last) ? edtf : _("%(date)s or earlier", { date: marked(last) });
  if (open.includes(last)) return _("%(date)s or later", { date: marked(first) });
  const plain = /^[\d-]+$/.test(first + last) && !first.startsWith("-") && !last.startsWith("-");
  return plain ? range(first, last) : _("%(first)s - %(last)s", { first: marked(first), last: marked(last) });
}

/** @param {string} date */
function marked(date) {
  const sign = date.at(-1) ?? "";
  const words = one(date.replace(/[?~%]$/, ""));
  const doubted = sign === "?" || sign === "%" ? `${words}?` : words;
  return sign === "~" || sign === "%" ? _("about %(date)s", { date: doubted }) : doubted;
}

/** @param {string} date */
function one(date) {
  if (date === NO_DATE) return _("no date");
  const isBefore = date.startsWith("-");
  const [digits = "", middle, day] = date.slice(isBefore ? 1 : 0).split("-");
  const year = isBefore ? _("%(year)s BC", { year: Number(digits) + 1 }) : yearName(digits);
  if (middle === undefined) return year;
  if (middle === "XX") return _("%(year)s, month unknown", { year });
  const name = month(Number(middle));
  if (day === undefined) return _("%(month)s %(year)s", { month: name, year });
  if (day === "XX") return _("%(month)s %(year)s, day unknown", { month: name, year });
  return _("%(month)s %(day)s, %(year)s", { month: name, day: Number(day), year });
}

/** @param {string} year  1954; 195X for a decade, 19XX for a century */
function yearName(year) {
  if (!year.includes("X")) return year;
  if (!year.endsWith("XX")) return _("%(first_year)ss", { first_year: `${year.slice(0, 3)}0` });
  const number = Number(year.slice(0, 2)) + 1;
  const ending = number > 10 && number < 14 ? 0 : number % 10;
  if (ending === 1) return _("%(number)sst century", { number });
  if (ending === 2) return _("%(number)snd century", { number });
  return ending === 3 ? _("%(number)srd century", { number }) : _("%(number)sth century", { number });
}

/** @param {string} first @param {string} last  both without doubts */
function range(first, last) {
  const [begin, end] = [first.split("-"), last.split("-")];
  const year = begin[0] ?? "";
  if (begin.length === 3 && end.length === 3 && year === end[0] && begin[1] === end[1]) {
    return _("%(month)s %(first)s-%(last)s, %(year)s", { month: month(Number(begin[1])), first: Number(begin[2]), last: Number(end[2]), year });
  }
  if (begin.length === 2 && end.length === 2 && year === end[0]) {
    return _("%(first)s-%(last)s %(year)s", { first: month(Number(begin[1])), last: month(Number(end[1])), year });
  }
  const [from, to] = [one(first), one(last)];
  return begin.length > 1 || end.length > 1 ? _("%(first)s - %(last)s", { first: from, last: to }) : _("%(first)s-%(last)s", { first: from, last: to });
}
