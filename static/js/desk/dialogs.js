/**
 * Questions in a dialog. The browser's own <dialog> keeps the focus inside and returns it. It fires its event later, so
 * answers are resolved before that, and the next key acts on their result.
 */

import { make } from "./dom.js";
import { fill, isTouched, keepTyped } from "./typed.js";
import { _ } from "../i18n.js";

/**
 * @typedef {object} Asked
 * @property {string} ok  what the button says that answers
 * @property {(data: FormData) => string | null | Promise<string | null>} [check]  what is wrong with the answer: while
 *   it returns a sentence, the dialog stays open and shows it
 * @property {string} [keep]  the name under which what is typed is kept until it is answered or cancelled
 * @property {boolean} [discards]  whether the answer cannot be taken back: then Enter does not give it by itself
 * @property {boolean} [asks]  whether what is typed only looks for something, and is not kept
 * @property {Record<string, string>} [values]  what was typed before, in place of what the fields begin with
 * @property {string} [problem]  why it is asked again
 * @property {string} [at]  the field to correct
 */

/**
 * @param {string} title
 * @param {(Node | string)[]} body
 * @param {Asked} asked
 * @returns {Promise<FormData | null>} null where it was closed
 */
export function ask(title, body, { ok, check, keep, asks, discards, values, problem, at }) {
  const heading = `dialog-${Math.random().toString(36).slice(2)}`;
  const wrong = make("p", { class: "field-error", role: "alert", text: problem ?? "" });
  const form = make("form", { method: "dialog", "data-asks": asks }, [
    make("h2", { id: heading, text: title }),
    wrong,
    make("div", { class: "dialog-body" }, body),
    make("div", { class: "dialog-buttons" }, [
      make("button", { type: "button", class: "button", text: _("Cancel"), "data-cancel": true }),
      make("button", { type: "submit", class: `button ${discards ? "is-danger" : "is-primary"}`, text: ok }),
    ]),
  ]);
  const kept = keep ? keepTyped(form, keep) : null;
  if (values) {
    fill(form, values);
    form.dispatchEvent(new Event("input")); // store it as if it were typed
  } else if (kept?.restored) {
    form.querySelector(".dialog-body")?.prepend(restored(form, kept.forget));
  }
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": heading }, [form]);
  document.body.append(dialog);
  return new Promise((resolve) => {
    /** @param {FormData | null} data */
    const finish = (data) => {
      dialog.close();
      dialog.remove();
      resolve(data);
    };
    /** @param {FormData} data @param {string | null} problem */
    const answer = (data, problem) => {
      form.removeAttribute("aria-busy");
      wrong.textContent = problem ?? "";
      if (problem !== null) return;
      kept?.forget();
      finish(data);
    };
    form.querySelector("[data-cancel]")?.addEventListener("click", () => {
      kept?.forget();
      finish(null);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.hasAttribute("aria-busy")) return;
      const data = new FormData(form);
      const problem = check ? check(data) : null;
      if (!(problem instanceof Promise)) return answer(data, problem);
      form.setAttribute("aria-busy", "true");
      void problem.then((sentence) => answer(data, sentence));
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); // also from a text area
    });
    dialog.addEventListener("close", () => finish(null));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // "close" fires later, and the next key may open another dialog before
      finish(null);
    });
    dialog.addEventListener("click", (event) => {
      // A click outside of a dialog closes it only if nothing gets lost.
      if (event.target === dialog && !isTouched(form)) finish(null);
    });
    dialog.showModal();
    if (at) /** @type {HTMLElement | null} */ (form.querySelector(`[name=${at}]`))?.focus();
    // Not on the button that discards text, since Enter is quickly pressed.
    else if (kept?.restored) form.querySelector("input")?.focus();
    // Enter confirms a question without a field, since the act can be undone.
    else if (!form.querySelector(".dialog-body :is(input, select, textarea)")) {
      /** @type {HTMLElement | null} */ (form.querySelector(discards ? "[data-cancel]" : "button[type=submit]"))?.focus();
    }
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} forget
 */
function restored(form, forget) {
  const line = make("p", { class: "field-hint" }, [_("Restored what you typed before."), " "]);
  const drop = make("button", { type: "button", class: "button is-small", text: _("Discard") });
  drop.addEventListener("click", () => {
    form.reset();
    forget();
    line.remove();
    form.querySelector("input")?.focus();
  });
  line.append(drop);
  return line;
}

/**
 * @param {string} label
 * @param {Record<string, string | boolean>} attributes
 * @param {string} [hint]
 */
export function field(label, attributes, hint) {
  return make("label", { class: "field" }, [
    make("span", { class: "field-label", text: label }),
    make("input", { type: "text", autocomplete: "off", ...attributes }),
    hint ? make("span", { class: "field-hint", text: hint }) : null,
  ]);
}

/**
 * Choose one of many by typing, with arrows and Enter.
 * @param {string} title
 * @param {string} placeholder
 * @param {(query: string) => {id: number, label: string, detail: string}[]} find
 * @returns {Promise<number | null>}
 */
export function choose(title, placeholder, find) {
  const heading = "chooser-title";
  const input = make("input", {
    type: "text", placeholder, role: "combobox", "aria-expanded": "true", "aria-controls": "chooser-list",
    "aria-label": placeholder, autocomplete: "off",
  });
  const list = make("div", { class: "chooser-list", role: "listbox", id: "chooser-list", "aria-label": title });
  const dialog = make("dialog", { class: "dialog is-chooser", "aria-labelledby": heading, "data-asks": true }, [
    make("h2", { id: heading, text: title }), input, list,
  ]);
  document.body.append(dialog);
  let at = 0;
  /** @type {{id: number, label: string, detail: string}[]} */
  let matches = [];
  const mark = () => {
    [...list.children].forEach((child, i) => {
      child.setAttribute("aria-selected", String(i === at));
      if (i === at) {
        input.setAttribute("aria-activedescendant", child.id);
        child.scrollIntoView({ block: "nearest" });
      }
    });
  };
  return new Promise((resolve) => {
    /** @param {number | null} answer */
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    /** @param {number} i */
    const take = (i) => finish(matches[i]?.id ?? null);
    const refresh = () => {
      matches = find(input.value.trim());
      at = 0;
      list.replaceChildren(
        ...matches.map(({ label, detail }, i) => {
          const option = make("div", { role: "option", id: `choice-${i}`, class: "choice" }, [
            make("span", { class: "choice-label", dir: "auto", text: label }), make("span", { class: "choice-detail", text: detail }),
          ]);
          option.addEventListener("click", () => take(i));
          return option;
        }),
      );
      if (!matches.length) list.append(make("p", { class: "quiet", text: _("No matching document. Try its number or a word from its title.") }));
      mark();
    };
    input.addEventListener("input", refresh);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") at = Math.min(at + 1, matches.length - 1);
      else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
      else if (event.key === "Enter") take(at);
      else return;
      event.preventDefault();
      mark();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) finish(null);
    });
    dialog.addEventListener("close", () => finish(null));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(null);
    });
    dialog.showModal();
    refresh();
    input.focus();
  });
}
