/** Which documents still need a description, and which values a form changes. Pure. */

/** @typedef {import("../records.js").Group} Group */
/** @typedef {import("../records.js").Term} Term */
/** @typedef {{use: "shown" | "required" | "hidden", default: string, repeatable: boolean}} Rule */
/** @typedef {{name: string, label: string, holds: "text" | "lines" | "date" | "terms", most: number}} Field */
/** @typedef {{fields: Field[], templates: Record<string, Record<string, Rule>>, languages: string[], far?: boolean}} Description */

const COLUMNS = ["title", "kind", "date", "language", "note"];
const DRAFTED = { title: "draftTitle", kind: "draftKind", date: "draftDate" };

/** @param {Description} description @param {string} kind  in capitals or not @returns {Record<string, Rule>} */
export function rulesFor({ templates }, kind) {
  const own = Object.keys(templates).find((one) => one.toLowerCase() === kind.trim().toLowerCase());
  return templates[own ?? ""] ?? {};
}

/** @param {Group} group @param {Description} description @returns {string} the type whose rules a document follows: as entered, else as drafted, else the usual one */
export function kindOf(group, description) {
  return group.kind || group.draftKind || rulesFor(description, "").kind?.default || "";
}

/** @param {Group} group @param {string} name @returns {string | Term[]} what was entered or accepted */
export function entered(group, name) {
  if (COLUMNS.includes(name)) return /** @type {any} */ (group)[name];
  return /** @type {any} */ (group.details)[name] ?? "";
}

/** @param {Group} group @param {string} name @returns {string} */
export function draftOf(group, name) {
  const drafted = /** @type {Record<string, string>} */ (DRAFTED)[name];
  return drafted ? /** @type {any} */ (group)[drafted] : "";
}

/** @param {Group} group @param {string} name @returns {boolean} whether it shows a draft that confirming would not accept */
export function isUnsure(group, name) {
  return !entered(group, name).length && draftOf(group, name) !== "" && group.unsure.includes(name);
}

/**
 * Whether a document still needs work: a required field is empty or shows a draft.
 * @param {Group} group
 * @param {Description} description
 */
export function needsWork(group, description) {
  if (group.accepted.length) return true;
  const rules = rulesFor(description, kindOf(group, description));
  return description.fields.some(({ name }) => {
    const rule = rules[name];
    if (!rule || rule.use === "hidden" || entered(group, name).length) return false;
    return rule.use === "required" || Boolean(draftOf(group, name));
  });
}

/**
 * The next document in scan order for which `fits` holds, wrapping around; 0 if there is none.
 * @param {Group[]} groups  in scan order
 * @param {number} id
 * @param {-1 | 1} step
 * @param {(group: Group) => boolean} fits
 */
export function nextOf(groups, id, step, fits) {
  const at = groups.findIndex((group) => group.id === id);
  for (let i = 1; i < groups.length; i++) {
    const group = groups[(at + step * i + groups.length * i) % groups.length];
    if (group && fits(group)) return group.id;
  }
  return 0;
}

/**
 * What is sent to the server: values that differ, and drafts that are accepted by saving them.
 * @param {Group} group
 * @param {Record<string, string | Term[]>} values  by field
 * @returns {Record<string, string | Term[]>}
 */
export function changesOf(group, values) {
  /** @type {Record<string, string | Term[]>} */
  const facts = {};
  for (const [name, value] of Object.entries(values)) {
    const before = entered(group, name);
    const same = typeof value === "string" ? value === before : sameTerms(value, before || []);
    if (!same || group.accepted.includes(name) || (!value.length && draftOf(group, name))) facts[name] = value;
  }
  return facts;
}

/** @param {Term[]} one @param {string | Term[]} other */
function sameTerms(one, other) {
  if (typeof other === "string" || one.length !== other.length) return false;
  return one.every(({ label, uri }, i) => label === other[i]?.label && (uri ?? "") === (other[i]?.uri ?? ""));
}

/** @param {string} line  as the server writes terms: Chavez, Cesar <http://…>; Huerta, Dolores @returns {Term[]} */
export function termsFrom(line) {
  return line.split(/(?<!\\)[;\n]/).flatMap((part) => {
    const text = part.replaceAll("\\;", ";").trim().replace(/\s+/g, " ");
    const [, label, uri] = /^(.*?)\s*<([a-z][a-z0-9+.-]*:[^<>\s]+)>$/i.exec(text) ?? [, text, ""];
    return label ? [uri ? { label, uri } : { label }] : [];
  });
}

/** @param {Term[]} terms */
export function termsLine(terms) {
  return terms.map(({ label, uri }) => label.replaceAll(";", "\\;") + (uri ? ` <${uri}>` : "")).join("; ");
}
