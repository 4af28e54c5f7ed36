/** What a language model suggests for the description of a document. A person takes each part; nothing is filled in alone. */

import { make, NotAnswered, postJson, Stopped } from "./dom.js";
import { _, language, within } from "../i18n.js";

/** @typedef {{title: string, kind: string, date: string, creator: string, people: string[], places: string[], language: string, summary: string, model: string}} Suggestion */

/**
 * @param {{url: string, model: string, leaves: string}} reader  where to ask, whom, and what is sent
 * @returns {HTMLElement}
 */
export function suggestions({ url, model, leaves }) {
  const button = make("button", { type: "button", class: "button is-small", text: _("Suggest description") });
  const status = make("span", { class: "field-hint", role: "status", text: leaves });
  const list = make("dl", { class: "suggested" });
  const element = make("div", { class: "suggestions" }, [button, status, list]);
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = _("Asking %(model)s… You can keep typing.", { model });
    try {
      const { status: code, data } = await postJson(url, {});
      if (code === 200) show(list, data);
      status.textContent = code === 200 ? _("Suggested by %(model)s. Check it before you use it.", { model: data.model }) : data.message;
    } catch (error) {
      const away = error instanceof NotAnswered || error instanceof Stopped;
      status.textContent = away ? error.message : _("The suggestion could not be loaded. Try again.");
    }
    button.disabled = false;
  });
  return element;
}

/** @param {HTMLElement} list @param {Suggestion} found */
function show(list, found) {
  const named = [
    found.creator && _("Creator: %(creator)s.", { creator: found.creator }),
    found.people.length && _("People: %(join)s.", { join: found.people.join("; ") }),
    found.places.length && _("Places: %(join)s.", { join: found.places.join("; ") }),
  ];
  const note = [found.summary, ...named].filter(Boolean).join(" ");
  const rows = [
    row(_("Title"), found.title, "title"),
    row(_("Type"), found.kind, "kind"),
    row(_("Date"), found.date, "date"),
    row(_("Language"), found.language ? languageName(found.language) : "", ""),
    row(_("Note"), note, "note"),
  ];
  list.replaceChildren(...rows.flat());
}

/**
 * @param {string} label
 * @param {string} text
 * @param {string} field  the name of the field that takes it, empty for none
 * @returns {Node[]}
 */
function row(label, text, field) {
  if (!text) return [];
  const value = make("dd", {}, [make("span", { text })]);
  if (field) {
    const use = make("button", { type: "button", class: "button is-small", text: _("Use"), "aria-label": _("Use as %(field)s: %(text)s", { field: within(label), text }) });
    use.addEventListener("click", () => take(use.closest("form"), field, text));
    value.append(use);
  }
  return [make("dt", { text: label }), value];
}

/**
 * Put it into its field; into the note after what is there.
 * @param {HTMLFormElement | null} form
 * @param {string} name
 * @param {string} text
 */
function take(form, name, text) {
  const field = form?.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  const before = field instanceof HTMLTextAreaElement ? field.value.trimEnd() : "";
  field.value = before && !before.includes(text) ? `${before}\n${text}` : before || text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** @param {string} code */
function languageName(code) {
  return new Intl.DisplayNames([language()], { type: "language" }).of(code) ?? code;
}
