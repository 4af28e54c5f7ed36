/** The server's short rows, turned into records. */

import { _ } from "../i18n.js";

/**
 * @typedef {object} Group
 * @property {number} id  negative while the server has not answered yet
 * @property {number} number
 * @property {"proposed" | "confirmed" | "changed"} state
 * @property {boolean} flagged
 * @property {string} title
 * @property {string} draftTitle
 * @property {string} kind
 * @property {string} date
 * @property {number | null} confidence  percent
 * @property {number} version
 * @property {number[]} pages  positions in reading order
 * @property {string} draftKind
 * @property {string} flagNote
 * @property {boolean} edited  by a person, ever
 * @property {string} draftDate
 * @property {string[]} unsure  fields whose drafts confirming does not accept: they are not certain enough
 * @property {string} note
 * @property {number} copyOf  number of the group that this one repeats; 0: none
 * @property {string[]} accepted  fields that hold a draft of the machine, accepted by confirming
 * @property {string} language
 * @property {Details} details  all else that is said of it
 * @property {number} personal  lines that may be personal data and nobody decided on
 */

/** @typedef {{label: string, uri?: string}} Term */

/**
 * @typedef {object} Details
 * @property {Term[]} [creators]
 * @property {Term[]} [subjects]
 * @property {Term[]} [people]
 * @property {Term[]} [places]
 * @property {string} [summary]
 * @property {string} [rights]
 * @property {string} [box]
 * @property {string} [identifier]
 * @property {string} [kind_uri]
 */

/** @typedef {import("./wire.js").PageRow & {seen?: number}} Page  `seen`: when this person asked to see it, being restricted */

/** @typedef {Map<number, Group | null>} Changes  by group id; null: the group is gone */

/** @typedef {{id: string, keys: string[], label: string, scope: string, edits: boolean, fixed: boolean}} Key */

/**
 * @typedef {object} Config
 * @property {string} slug
 * @property {string} title
 * @property {Record<string, string>} urls
 * @property {boolean} mayEdit
 * @property {string} whyNot  why nothing can be changed here; empty where it can
 * @property {boolean} mayLaunch
 * @property {boolean} closed  when the page was made
 * @property {string} me
 * @property {{person: string, collection: string, title: string, address: string}} kept  whose changes are kept here
 * @property {boolean} [tour]  whether this person has not closed the tour yet
 * @property {Key[]} keys
 * @property {{address: string, label: string, command: string}[]} offered  acts that take nothing but a group
 * @property {[number, string][]} levels
 * @property {number} unknown
 * @property {number} aspectUnits
 * @property {number} doubtful  percent for a boundary from which a seam is doubtful, up to 100 less it
 * @property {number} worth  percent of seams that the desk has wrong, from which looking pays
 * @property {number} seconds  that a look at one seam takes this person
 * @property {string[]} kinds
 * @property {import("./describe/work.js").Description} description  fields, and what the collection asks of each
 * @property {{url: string, model: string, leaves: string} | null} reader  the language model that suggests descriptions
 * @property {[string, string][]} roles
 */

/**
 * @template {object} T
 * @param {import("./wire.js").Packed<T>} packed
 * @returns {T[]}
 */
export function unpacked({ columns, rows }) {
  return rows.map((row) => /** @type {T} */ (Object.fromEntries(columns.map((column, i) => [column, row[i]]))));
}

/**
 * @param {import("./wire.js").GroupRow} row
 * @returns {Group}
 */
export function groupFrom(row) {
  const { spans, draft_title: draftTitle, draft_kind: draftKind, draft_date: draftDate, flag_note: flagNote, copy_of: copyOf, ...same } = row;
  /** @type {number[]} */
  const pages = [];
  for (const [low, high] of spans) for (let p = low; p <= high; p++) pages.push(p);
  return { ...same, pages, draftTitle, draftKind, draftDate, flagNote, copyOf };
}

/**
 * "Untitled flyer, pages 12–14": the rule of `clustering/engine/titles.py` for documents that nobody named.
 * @param {Pick<Group, "kind" | "pages">} group
 * @returns {string}
 */
export function untitledName({ kind, pages }) {
  /** @type {[number, number][]} */
  const runs = [];
  for (const p of [...pages].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === p - 1) last[1] = p;
    else runs.push([p, p]);
  }
  const places = runs.map(([low, high]) => (low === high ? `${low}` : `${low}–${high}`)).join(", ");
  const what = kind && kind !== "other" ? _(kind) : _("document");
  return pages.length === 1 ? _("Untitled %(what)s, page %(places)s", { what, places }) : _("Untitled %(what)s, pages %(places)s", { what, places });
}

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesFrom(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** @param {Group} group @returns {boolean} whether it stands as a person left it, without a confidence of the machine */
export function isEdited({ state, edited, confidence }) {
  return state === "changed" || (state === "proposed" && edited && confidence === null);
}

/** @param {Group} group @returns {string} its state in words */
export function stateWord(group) {
  return group.state === "confirmed" ? _("confirmed") : isEdited(group) ? _("edited") : _("proposed");
}
