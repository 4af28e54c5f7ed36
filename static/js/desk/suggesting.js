/** A language model's suggestions for a description. People take each part; nothing is filled in automatically. */

import { make, NotAnswered, postJson, Stopped } from "./dom.js";
import { languageName } from "./language_names.js";
import { _, within } from "../i18n.js";

/** @typedef {{title: string, kind: string, date: string, creator: string, people: string[], places: string[], language: string, summary: string, model: string}} Suggestion */
/** @typedef {(name: string, value: string | string[]) => void} Take  puts a value into the field of that name */

/**
 * @param {{url: string, model: string, leaves: string}} reader  where to ask, whom, and what is sent
 * @param {Take} take
 * @returns {HTMLElement}
 */
export function suggestions({ url, model, leaves }, take) {
  const button = make("button", { type: "button", class: "button is-small", text: _("Suggest description") });
  const status = make("span", { class: "field-hint", role: "status", text: leaves });
  const list = make("dl", { class: "suggested" });
  const element = make("div", { class: "suggestions" }, [button, status, list]);
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = _("Asking %(model)s… You can keep typing.", { model });
    try {
      const { status: code, data } = await postJson(url, {});
      if (code === 200) list.replaceChildren(...rows(data, take));
      status.textContent = code === 200 ? _("Suggested by %(model)s. Check it before you use it.", { model: data.model }) : data.message;
    } catch (error) {
      const away = error instanceof NotAnswered || error instanceof Stopped;
      status.textContent = away ? error.message : _("The suggestion could not be loaded. Try again.");
    }
    button.disabled = false;
  });
  return element;
}

/** @param {Suggestion} suggestion @param {Take} take @returns {Node[]} */
function rows(suggestion, take) {
  return [
    ...row(_("Title"), suggestion.title, () => take("title", suggestion.title)),
    ...row(_("Type"), suggestion.kind, () => take("kind", suggestion.kind)),
    ...row(_("Date"), suggestion.date, () => take("date", suggestion.date)),
    ...row(_("Creators"), suggestion.creator, () => take("creators", [suggestion.creator])),
    ...row(_("Summary"), suggestion.summary, () => take("summary", suggestion.summary)),
    ...row(_("People"), suggestion.people.join("; "), () => take("people", suggestion.people)),
    ...row(_("Places"), suggestion.places.join("; "), () => take("places", suggestion.places)),
    ...row(_("Language"), languageName(suggestion.language), () => take("language", languageName(suggestion.language))),
  ];
}

/** @param {string} label @param {string} text @param {() => void} onUse @returns {Node[]} */
function row(label, text, onUse) {
  if (!text) return [];
  const use = make("button", { type: "button", class: "button is-small", text: _("Use"), "aria-label": _("Use as %(field)s: %(text)s", { field: within(label), text }) });
  use.addEventListener("click", onUse);
  return [make("dt", { text: label }), make("dd", {}, [make("span", { text }), use])];
}
