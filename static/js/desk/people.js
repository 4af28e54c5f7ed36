/** Who else is in this collection: initials with name and page in the bar, and a message if someone comes. */

import { byId, make } from "./dom.js";
import { _, _n } from "../i18n.js";

/** @typedef {{name: string, position: number | null}} Person */

const MOST_SHOWN = 5;
/** @type {Set<string>} */
let known = new Set();

/**
 * @param {Person[]} people  all others
 * @param {(position: number) => void} goTo
 * @param {(sentence: string) => void} say  for those who do not see the bar
 */
export function showPeople(people, goTo, say) {
  const element = byId("people", HTMLElement);
  const words = people.map(({ name, position }) => (position ? _("%(name)s is on page %(position)s", { name, position }) : _("%(name)s is here", { name })));
  const shown = people.slice(0, MOST_SHOWN).map(({ name, position }, i) => {
    const button = make("button", {
      type: "button", class: "person", title: words[i] ?? "", "aria-label": words[i] ?? "", text: initials(name),
    });
    button.addEventListener("click", () => position && goTo(position));
    return button;
  });
  const more = people.length - shown.length;
  element.replaceChildren(...shown, ...(more > 0 ? [make("span", { class: "person", text: `+${more}` })] : []));
  element.hidden = people.length === 0;
  const now = new Set(people.map(({ name }) => name));
  const came = [...now].filter((name) => !known.has(name));
  if (came.length) say(_n("%(join)s is in this collection too.", "%(join)s are in this collection too.", came.length, { join: came.join(", ") }));
  known = now;
}

/** @param {string} name @returns {string} two letters at most */
function initials(name) {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  return parts.slice(0, 2).map((part) => part[0]?.toUpperCase() ?? "").join("");
}
