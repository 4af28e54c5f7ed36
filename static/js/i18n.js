/** Sentences in the language of the page. A script before the modules has the catalog; without it, all is in English. */

/**
 * @typedef {{gettext?: (text: string) => string, ngettext?: (one: string, many: string, count: number) => string}} Catalog
 * @typedef {Record<string, string | number>} Values  by name, for %(name)s
 */

/** @returns {Catalog | undefined} Django's; in the admin where the page is English, without functions */
function catalog() {
  return /** @type {{django?: Catalog}} */ (globalThis).django;
}

/** Placeholders of counts, which get a thousands separator; page numbers don't. */
const COUNTS = new Set(["count", "pages", "more", "embedded"]);

/** @param {string} text @param {Values} values */
function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (mark, name) => {
    const value = values[name] ?? mark;
    return isolated(typeof value === "number" && COUNTS.has(name) ? number(value) : String(value));
  });
}

/** @param {string} value @returns {string} where lines begin at the right, a title in Latin script must not turn what is around it */
function isolated(value) {
  return isFromRight() ? `\u2068${value}\u2069` : value;
}

/**
 * @param {string} text  in English, as the catalog has it
 * @param {Values} [values]
 */
export function _(text, values = {}) {
  return filled(catalog()?.gettext?.(text) ?? text, values);
}

/**
 * @param {string} one  in English, of one
 * @param {string} many  of any other number
 * @param {number} count  also to be written, as %(count)s
 * @param {Values} [values]
 */
export function _n(one, many, count, values = {}) {
  const text = catalog()?.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
  return filled(text, { count, ...values });
}

/** @returns {string} the language of the page, as BCP 47 has it */
export function language() {
  return globalThis.document?.documentElement.lang || "en";
}

/** @returns {boolean} whether lines begin at the right */
export function isFromRight() {
  return globalThis.document?.dir === "rtl";
}

/** @param {string} key @returns {string} the arrow that leads the same way where lines begin at the right */
export function mirrored(key) {
  if (!isFromRight()) return key;
  return { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[key] ?? key;
}

/** @param {string} label @returns {string} as it stands inside a sentence: only English writes it small there */
export function within(label) {
  return language().startsWith("en") ? label.toLowerCase() : label;
}

/** @param {number} n @param {Intl.NumberFormatOptions} [options] */
export function number(n, options) {
  return n.toLocaleString(language(), options);
}

/** @param {string | Date} when @returns {string} as `clustering/formats` has it */
export function moment(when) {
  return new Date(when).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
}
