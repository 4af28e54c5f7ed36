/** Describing and flagging a document. What was typed is saved or comes back: no refusal loses a letter. */

import { DateField } from "./datefield.js";
import { ask, field } from "./dialogs.js";
import { make } from "./dom.js";
import { suggestions } from "./suggesting.js";

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./records.js").Config} Config */
/** @typedef {import("./records.js").Group} Group */
/** @typedef {{group: Group, values: Record<string, string>, message: string}} Refused  what was typed, and why it was not saved */

/** @param {Acts} acts @param {Config} config @param {Refused} [refused] */
export async function describe(acts, config, refused) {
  const group = refused?.group ?? acts.model.groupAt(acts.stream.focus);
  if (!group) return acts.say("This page is in no group yet.");
  const list = make("datalist", { id: "kinds" }, config.kinds.map((kind) => make("option", { value: kind })));
  const draft = group.draftTitle && group.draftTitle !== group.title ? `Draft: ${group.draftTitle}` : undefined;
  const accepted = group.accepted.length ? `Accepted as drafted: ${group.accepted.join(", ")}.` : undefined;
  const date = new DateField(config.urls.dates ?? "", group.date || group.draftDate);
  const answer = await ask(
    `Describe document ${group.number || "new"}`,
    [
      field("Title", { name: "title", value: group.title || group.draftTitle, maxlength: "500" }, draft ?? accepted),
      field("Kind", { name: "kind", value: group.kind || group.draftKind, list: "kinds", maxlength: "40" }),
      date.element,
      make("label", { class: "field" }, [
        make("span", { class: "field-label", text: "Note" }), make("textarea", { name: "note", rows: "2", text: group.note }),
      ]),
      field("Copy of document", { name: "copy", value: group.copyOf ? String(group.copyOf) : "", inputmode: "numeric", pattern: "[0-9]*", size: "6" }, "The number of the document that this one repeats. Leave it empty if there is none."),
      list,
      readerFor(acts, config, group),
    ].filter((part) => part !== null),
    {
      ok: "Save", keep: `${config.slug}-describe-${group.id}`, values: refused?.values, problem: refused?.message,
      check: (data) => date.check(String(data.get("date") ?? "").trim(), group.date),
    },
  );
  if (!answer) return;
  /** @param {string} name */
  const value = (name) => String(answer.get(name) ?? "").trim();
  const facts = {
    title: value("title"), kind: value("kind"), date: date.edtf(value("date")), note: value("note"), copyOf: Number(value("copy")),
  };
  const same = Object.entries(facts).every(([name, fact]) => group[/** @type {keyof Group} */ (name)] === fact);
  const emptied = (!facts.title && group.draftTitle) || (!facts.kind && group.draftKind) || (!facts.date && group.draftDate);
  if (!same || emptied) acts.describe(group.id, facts);
}

/**
 * @param {Acts} acts
 * @param {Config} config
 * @param {Group} group
 * @returns {HTMLElement | null} suggestions for a document that the server knows, where a language model is set up
 */
function readerFor(acts, config, group) {
  const id = acts.outbox.real(group.id);
  if (!config.reader || id <= 0) return null;
  return suggestions({ ...config.reader, url: config.reader.url.replace(/0\/$/, `${id}/`) });
}

/** @param {Acts} acts @param {Config} config @param {Refused} [refused] */
export async function flag(acts, config, refused) {
  const group = refused?.group ?? acts.model.groupAt(acts.stream.focus);
  if (!group) return acts.say("This page is in no group yet.");
  if (group.flagged && !refused) return acts.flag(group.id, false, "");
  const answer = await ask(
    `Flag document ${group.number || "new"} as unsure`,
    [field("What is unclear?", { name: "note", maxlength: "500", value: group.flagNote }, "The next person to look reads this. You can leave it empty.")],
    { ok: "Flag", keep: `${config.slug}-flag-${group.id}`, values: refused?.values, problem: refused?.message },
  );
  if (answer) acts.flag(group.id, true, String(answer.get("note") ?? "").trim());
}

/** Dialogs that come back, one after the other. */
let queue = Promise.resolve();

/**
 * An act with words in it was refused: its dialog comes back with every letter, and says why.
 * @param {Acts} acts
 * @param {Config} config
 * @param {import("./outbox.js").Sent} command
 * @param {string} message
 * @returns {boolean} whether it was such an act
 */
export function comeBack(acts, config, command, message) {
  const { verb, body } = command;
  if (verb !== "describe" && !(verb === "flag" && body.flagged)) return false;
  const id = acts.outbox.real(Number(body.group));
  // Where the document is gone, its words are offered to the one that holds its first page now.
  const first = [...command.inverse.values()].find((group) => group)?.pages[0] ?? acts.stream.focus;
  const values = Object.fromEntries(
    Object.entries({ ...body, copy: body.copy_of || "" }).map(([name, value]) => [name, String(value ?? "")]),
  );
  queue = queue.then(() => {
    const group = acts.model.groups.get(id) ?? acts.model.groupAt(first);
    if (!group) return acts.say(message);
    const refused = { group, values, message };
    return verb === "flag" ? flag(acts, config, refused) : describe(acts, config, refused);
  });
  return true;
}
