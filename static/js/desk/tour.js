/** The tour: five sentences next to the stream, shown until they are closed once. */

import { byId, make, postJson } from "./dom.js";
import { practice } from "./practice.js";
import { _ } from "../i18n.js";

/** @typedef {{title: string, text: string, target: string, practice?: boolean}} Step  target: a selector of what it speaks of */

/**
 * @param {import("./keys.js").Keyboard} keyboard
 * @param {boolean} mayEdit
 * @returns {Step[]}
 */
function steps(keyboard, mayEdit) {
  /** @param {string} id @param {string} words  said with the key, where the person has not switched it off */
  const key = (id, words) => (keyboard.hint(id) ? words.replace("*", keyboard.hint(id)) : "");
  const look = [
    {
      title: _("Pages in scan order"), target: ".band-head",
      text: _("Pages of one document share a heading, which shows how confident the proposal is."),
    },
    {
      title: _("Page breaks"), target: ".seam",
      text: [
        _("Look at the line between two pages. Solid: a new document begins. Dotted: the document continues."),
        mayEdit ? (keyboard.hint("split") ? key("split", _("Click it to split or join, or press * on the page after it.")) : _("Click it to split or join.")) : "",
      ].join(" ").trim(),
    },
    {
      title: _("Where to look"), target: "[data-command=doubt-next]",
      text: [_("A question mark means “please check.”"), key("doubt-next", _("* goes to the next one.")), _("“To check” shows these places one at a time.")].filter(Boolean).join(" "),
    },
  ];
  const work = [
    {
      title: _("Confirm and continue"), target: "[data-command=undo]",
      text: [key("confirm", _("* confirms a document and goes to the next.")), _("Every change is saved immediately; %(undo)s undoes it, even tomorrow.", { undo: keyboard.hint("undo") })].filter(Boolean).join(" "),
    },
    { title: _("Try it here"), target: "", text: _("These pages are for practice, with the same keys."), practice: true },
  ];
  const more = {
    title: _("Reasons and help"), target: "[data-command=help]",
    text: `${key("why", _("* explains why pages were split or joined here. "))}${key("help", _("* lists all shortcuts and restarts this tour."))}`,
  };
  return [...look, ...(mayEdit ? work : []), more];
}

export class Tour {
  /**
   * @param {import("./keys.js").Keyboard} keyboard
   * @param {{mayEdit: boolean, address: string, say: (sentence: string) => void, leave: () => void}} how
   *   `leave` takes the focus where it was useful
   */
  constructor(keyboard, how) {
    this.steps = steps(keyboard, how.mayEdit);
    this.how = how;
    this.at = 0;
    // The stream builds rows again as pages are loaded and acts are done, so the marks are set again.
    this.watch = new MutationObserver(() => {
      if (!document.querySelector(".is-toured")) this.point(this.steps[this.at]?.target);
    });
    this.title = make("h2", { id: "tour-title", class: "tour-title" });
    this.text = make("p", { class: "tour-text" });
    this.practice = practice(keyboard, how.say);
    this.place = make("span", { class: "quiet" });
    this.back = make("button", { type: "button", class: "button is-small", text: _("Back") });
    this.next = make("button", { type: "button", class: "button is-small is-primary" });
    const close = make("button", { type: "button", class: "tour-close", "aria-label": _("Close the tour"), text: "×" });
    this.card = make("section", { class: "tour", id: "tour", "aria-labelledby": "tour-title" }, [
      this.title, close, this.text, this.practice, make("div", { class: "tour-acts" }, [this.place, this.back, this.next]),
    ]);
    this.back.addEventListener("click", () => this.show(this.at - 1));
    this.next.addEventListener("click", () => (this.at + 1 < this.steps.length ? this.show(this.at + 1) : this.close()));
    close.addEventListener("click", () => this.close());
    this.card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  /** @param {boolean} asked  whether the person asked for it: then it takes the focus, else it leaves it alone */
  open(asked) {
    const narrow = matchMedia("(max-width: 900px)").matches; // the side is collapsed there
    this.card.classList.toggle("is-floating", narrow);
    byId(narrow ? "main" : "tour-place", HTMLElement).prepend(this.card);
    this.show(0);
    this.watch.observe(byId("stream", HTMLElement), { childList: true, subtree: true });
    if (asked) this.next.focus();
    else this.how.say(_("A short tour is open beside the pages. You can close it for good."));
  }

  /** @param {number} at */
  show(at) {
    this.at = Math.max(0, at);
    const step = this.steps[this.at];
    if (!step) return;
    this.title.textContent = step.title;
    this.text.textContent = step.text;
    this.practice.hidden = !step.practice;
    this.place.textContent = _("%(value)s of %(count)s", { value: this.at + 1, count: this.steps.length });
    this.back.disabled = this.at === 0;
    this.next.textContent = this.at + 1 < this.steps.length ? _("Next") : _("Done");
    this.point(step.target);
    document.querySelector(".side .is-toured")?.scrollIntoView({ block: "nearest" });
    if (this.card.contains(document.activeElement)) this.how.say(`${step.title}. ${step.text}`);
  }

  /** @param {string} [target] */
  point(target) {
    for (const pointed of document.querySelectorAll(".is-toured")) pointed.classList.remove("is-toured");
    if (target) document.querySelector(target)?.classList.add("is-toured");
  }

  close() {
    this.watch.disconnect();
    const inside = this.card.contains(document.activeElement);
    this.point();
    this.card.remove();
    if (inside) this.how.leave();
    // If the server can't be reached, the tour is shown once more, which does no harm.
    postJson(this.how.address, {}).catch(() => this.how.say(_("The tour is closed, but it will return: the server can’t be reached.")));
  }
}
