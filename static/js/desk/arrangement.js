/** The acts as pure functions, which return the groups that will change or throw `DoesNotApply` with a sentence. */

import { _ } from "../i18n.js";

/** @typedef {import("./records.js").Group} Group */
/** @typedef {import("./records.js").Changes} Changes */
/** @typedef {import("./model.js").Model} Model */

/** An act that isn't possible here. Its message is shown to the person. */
export class DoesNotApply extends Error {}

/**
 * A group after a person edited it: a confirmed one becomes changed.
 * @param {Group} group
 * @param {Partial<Group>} facts
 * @returns {Group}
 */
function touched(group, facts) {
  return { ...group, ...facts, edited: true, state: group.state === "confirmed" ? "changed" : group.state };
}

/**
 * @param {number} id
 * @param {number[]} pages
 * @param {Group | undefined} source  the group they come from
 * @returns {Group}
 */
function fresh(id, pages, source) {
  return {
    id, number: 0, state: source?.state === "proposed" || !source ? "proposed" : "changed", flagged: false, title: "", draftTitle: "", kind: "", date: "", confidence: null,
    version: 0, pages, draftKind: "", flagNote: "", edited: true, draftDate: "", unsure: [], note: "", copyOf: 0, accepted: [], language: "", details: {}, personal: 0,
  };
}

/**
 * @param {Model} model
 * @param {number} p  the page that begins the new group
 * @param {number} newId
 * @returns {Changes}
 */
export function split(model, p, newId) {
  const group = model.groupAt(p);
  const index = group?.pages.indexOf(p) ?? -1;
  if (!group || index < 1) throw new DoesNotApply(_("You can’t split before the first page of a document."));
  return new Map([
    [group.id, touched(group, { pages: group.pages.slice(0, index), confidence: null })],
    [newId, fresh(newId, group.pages.slice(index), group)],
  ]);
}

/**
 * @param {Model} model
 * @param {number[]} ids
 * @returns {Changes}
 */
export function merge(model, ids) {
  const groups = ids.map((id) => model.groups.get(id)).filter((group) => group !== undefined);
  groups.sort((a, b) => (a.pages[0] ?? 0) - (b.pages[0] ?? 0));
  const kept = groups[0];
  if (!kept || groups.length < 2) throw new DoesNotApply(_("Select pages from at least two documents to join them."));
  const inOrder = groups.every((group) => group.pages.every((p, i) => i === 0 || p > (group.pages[i - 1] ?? 0)));
  const pages = groups.flatMap((group) => group.pages);
  if (inOrder) pages.sort((a, b) => a - b);
  /** @type {Changes} */
  const changes = new Map(groups.slice(1).map((group) => [group.id, null]));
  changes.set(kept.id, touched(kept, { pages, confidence: null }));
  return changes;
}

/**
 * @param {Model} model
 * @param {number[]} positions  in scan order
 * @param {number | null} to  group id; null: a new group
 * @param {number | null} before  put before this page of the group; null: by scan order
 * @param {number} newId
 * @returns {Changes}
 */
export function move(model, positions, to, before, newId) {
  const moving = new Set(positions);
  /** @type {Changes} */
  const changes = new Map();
  for (const p of positions) {
    const from = model.groupAt(p);
    if (from && from.id !== to && !changes.has(from.id)) {
      const pages = from.pages.filter((q) => !moving.has(q));
      changes.set(from.id, pages.length ? touched(from, { pages, confidence: null }) : null);
    }
  }
  if (to === null) {
    changes.set(newId, fresh(newId, [...positions].sort((a, b) => a - b), model.groupAt(positions[0] ?? 0)));
    return changes;
  }
  const target = model.groups.get(to);
  if (!target) throw new DoesNotApply(_("That document no longer exists."));
  const rest = target.pages.filter((q) => !moving.has(q));
  let pages;
  if (before !== null && rest.includes(before)) {
    const index = rest.indexOf(before);
    pages = [...rest.slice(0, index), ...positions, ...rest.slice(index)];
  } else {
    pages = [...rest];
    for (const p of positions) {
      const index = pages.findIndex((q) => q > p);
      pages.splice(index < 0 ? pages.length : index, 0, p);
    }
  }
  changes.set(to, touched(target, { pages, confidence: null }));
  return changes;
}

/**
 * @param {Model} model
 * @param {number} id
 * @param {number[]} order
 * @returns {Changes}
 */
export function reorder(model, id, order) {
  const group = model.groups.get(id);
  if (!group) throw new DoesNotApply(_("That document no longer exists."));
  return new Map([[id, touched(group, { pages: order })]]);
}

/**
 * @param {Model} model
 * @param {number[]} ids
 * @param {"confirmed" | "changed"} state
 * @returns {Changes}
 */
export function setState(model, ids, state) {
  /** @type {Changes} */
  const changes = new Map();
  for (const id of ids) {
    const group = model.groups.get(id);
    if (group) changes.set(id, { ...group, state });
  }
  return changes;
}

/**
 * @param {Model} model
 * @param {number} id
 * @param {Partial<Group>} facts
 * @returns {Changes}
 */
export function setFacts(model, id, facts) {
  const group = model.groups.get(id);
  if (!group) throw new DoesNotApply(_("That document no longer exists."));
  return new Map([[id, { ...group, ...facts }]]);
}

/**
 * Predict the groups after a change.
 * @param {Model} model
 * @param {import("./kept.js").Change} change
 * @returns {Changes}
 */
export function foreseen(model, { verb, body, newId = 0, shown }) {
  switch (verb) {
    case "split":
      return split(model, body.before, newId);
    case "merge":
      return merge(model, body.groups);
    case "move":
      return move(model, body.pages, body.to, body.before, newId);
    case "reorder":
      return reorder(model, body.group, body.order);
    case "confirm":
      return setState(model, body.groups ?? shown, "confirmed");
    case "unconfirm":
      return setState(model, body.groups ?? shown, "changed");
    case "flag":
      return setFacts(model, body.group, { flagged: body.flagged, flagNote: body.note });
    case "describe":
      return setFacts(model, body.group, described(model.groups.get(body.group), body));
    case "describe-many":
      return describeMany(model, body.facts);
    case "accept-drafts":
      return acceptDrafts(model, body.groups ?? shown);
    default:
      return new Map();
  }
}

/**
 * Predict the pages after a change, as far as their records are loaded.
 * @param {Model} model
 * @param {import("./kept.js").Change} change
 * @returns {Map<number, Partial<import("./records.js").Page>>}
 */
export function foreseenOfPages(model, { verb, body }) {
  const facts = new Map();
  for (const p of verb === "rotate" || verb === "mark" ? body.pages : []) {
    const page = model.pages.get(p);
    if (page) facts.set(p, verb === "mark" ? { role: body.role } : { rotation: (page.rotation + body.by) % 360 });
  }
  return facts;
}

const COLUMNS = ["title", "kind", "date", "language", "note"];

/**
 * @param {Group | undefined} group
 * @param {Record<string, any>} facts  by the names that the server has for them
 * @returns {Partial<Group>} what will stand there; what nobody can say before the server has read it stays
 */
export function described(group, facts) {
  /** @type {Record<string, any>} */
  const changed = {};
  /** @type {Record<string, any>} */
  const details = { ...group?.details };
  for (const [name, value] of Object.entries(facts)) {
    if (COLUMNS.includes(name)) changed[name] = value;
    else if (name === "copy_of") changed.copyOf = value;
    else if (name in NOT_FACTS) continue;
    else if (value.length) details[name] = value;
    else delete details[name];
  }
  const accepted = group?.accepted.filter((name) => !(name in facts)) ?? [];
  return { ...changed, details, accepted, edited: true };
}

const NOT_FACTS = { group: true };

/**
 * @param {Model} model
 * @param {Record<string, Record<string, any>>} facts  by id of the document
 * @returns {Changes}
 */
function describeMany(model, facts) {
  /** @type {Changes} */
  const changes = new Map();
  for (const [id, given] of Object.entries(facts)) {
    const group = model.groups.get(Number(id));
    if (group) changes.set(group.id, { ...group, ...described(group, given) });
  }
  return changes;
}

/**
 * Only the server knows the confidence of a draft; its response says which drafts were accepted.
 * @param {Model} model
 * @param {number[]} ids
 * @returns {Changes}
 */
function acceptDrafts(model, ids) {
  /** @type {Changes} */
  const changes = new Map();
  for (const id of ids ?? []) {
    const group = model.groups.get(id);
    if (group) changes.set(id, { ...group, edited: true });
  }
  return changes;
}
