/** Three pages to practice on in the tour: a split, a confirmation, and an undo that aren't sent to the server. */

import { make } from "./dom.js";
import { _ } from "../i18n.js";

/** @typedef {"split" | "confirm" | "undo"} Done */

/**
 * @param {import("./keys.js").Keyboard} keyboard
 * @param {(sentence: string) => void} say
 * @returns {HTMLElement}
 */
export function practice(keyboard, say) {
  /** @type {Done[]} what was done and not undone */
  const done = [];
  let undone = false;
  const text = make("p", { class: "tour-text" });
  const seam = make("button", { type: "button", class: "button is-small" });
  const confirm = make("button", { type: "button", class: "button is-small", text: _("Confirm") + keyboard.inBrackets("confirm") });
  const undo = make("button", { type: "button", class: "button is-small", text: _("Undo") + keyboard.inBrackets("undo") });
  const page = (/** @type {string} */ words) => make("span", { class: "practice-page", text: words });
  const head = make("span", { class: "practice-state" });
  const element = make("div", { class: "practice", role: "group", "aria-label": _("Practice pages. Nothing here is saved.") }, [
    head,
    make("div", { class: "practice-pages" }, [page(_("Minutes, page 1")), page(_("Minutes, page 2")), make("span", { class: "practice-line" }), page(_("Letter"))]),
    make("div", { class: "practice-acts" }, [seam, confirm, undo]),
    text,
  ]);
  const draw = () => {
    const isSplit = done.includes("split");
    const isConfirmed = done.includes("confirm");
    element.dataset.split = String(isSplit);
    head.textContent = isSplit ? (isConfirmed ? _("2 documents, the first confirmed") : _("2 documents")) : _("1 document");
    seam.textContent = isSplit ? _("Join") : _("Split") + keyboard.inBrackets("split");
    confirm.disabled = isConfirmed || !isSplit;
    undo.disabled = !done.length;
    if (undone) text.textContent = _("That’s all it takes. Nothing here was saved or counted.");
    else if (isConfirmed) text.textContent = _("Now undo the confirmation.");
    else if (isSplit) text.textContent = _("Now confirm the first document.");
    else text.textContent = _("The letter is a document of its own. Split before it.");
  };
  /** @param {Done} what */
  const act = (what) => {
    if (what === "undo") undone = done.pop() === "confirm" || undone;
    else if (what === "split" && done.includes("split")) done.length = 0;
    else if (what === "split" || (!confirm.disabled && what === "confirm")) done.push(what);
    draw();
    say(`${head.textContent}. ${text.textContent}`);
  };
  seam.addEventListener("click", () => act("split"));
  confirm.addEventListener("click", () => act("confirm"));
  undo.addEventListener("click", () => act("undo"));
  element.addEventListener("keydown", (event) => {
    const meant = keyboard.meant(event, "stream") || keyboard.meant(event, "everywhere");
    if (meant !== "split" && meant !== "confirm" && meant !== "undo") return;
    event.preventDefault();
    event.stopPropagation(); // or the collection's pages would change
    act(meant);
    if (document.activeElement instanceof HTMLButtonElement && document.activeElement.disabled) seam.focus();
  });
  draw();
  return element;
}
