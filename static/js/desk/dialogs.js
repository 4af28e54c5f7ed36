/**
 * Questions in a dialog. The browser's own <dialog> keeps the focus inside and gives it back; it tells of its closing
 * in a later task, so answers are given before that: the next key finds done what was answered.
 */

import { make } from "./dom.js";

/**
 * @param {string} title
 * @param {(Node | string)[]} body
 * @param {{ok: string, danger?: boolean}} buttons
 * @returns {Promise<FormData | null>} null where it was closed
 */
export function ask(title, body, { ok }) {
  const heading = `dialog-${Math.random().toString(36).slice(2)}`;
  const form = make("form", { method: "dialog" }, [
    make("h2", { id: heading, text: title }),
    make("div", { class: "dialog-body" }, body),
    make("div", { class: "dialog-buttons" }, [
      make("button", { type: "button", class: "button", text: "Cancel", "data-cancel": true }),
      make("button", { type: "submit", class: "button is-primary", text: ok }),
    ]),
  ]);
  const dialog = make("dialog", { class: "dialog", "aria-labelledby": heading }, [form]);
  document.body.append(dialog);
  return new Promise((resolve) => {
    /** @param {FormData | null} data */
    const finish = (data) => {
      dialog.close();
      dialog.remove();
      resolve(data);
    };
    form.querySelector("[data-cancel]")?.addEventListener("click", () => finish(null));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(new FormData(form));
    });
    dialog.addEventListener("close", () => finish(null));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) finish(null);
    });
    dialog.showModal();
  });
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
 * Choose one of many by typing; arrows and Enter work.
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
  const dialog = make("dialog", { class: "dialog is-chooser", "aria-labelledby": heading }, [
    make("h2", { id: heading, text: title }), input, list,
  ]);
  document.body.append(dialog);
  let at = 0;
  /** @type {{id: number, label: string, detail: string}[]} */
  let found = [];
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
    const take = (i) => finish(found[i]?.id ?? null);
    const refresh = () => {
      found = find(input.value.trim());
      at = 0;
      list.replaceChildren(
        ...found.map(({ label, detail }, i) => {
          const option = make("div", { role: "option", id: `choice-${i}`, class: "choice" }, [
            make("span", { class: "choice-label", text: label }), make("span", { class: "choice-detail", text: detail }),
          ]);
          option.addEventListener("click", () => take(i));
          return option;
        }),
      );
      if (!found.length) list.append(make("p", { class: "quiet", text: "No group is called so. Try its number or a word of its title." }));
      mark();
    };
    input.addEventListener("input", refresh);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") at = Math.min(at + 1, found.length - 1);
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
    dialog.showModal();
    refresh();
    input.focus();
  });
}
