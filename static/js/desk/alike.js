/** Similar seams after an answer, as a strip of small pairs that one key answers. */

import { getJson, make } from "./dom.js";
import { _, _n } from "../i18n.js";

/** @typedef {import("./queue.js").Seam} Seam */

export class Alike {
  /**
   * @param {HTMLElement} place
   * @param {string} address
   * @param {(seams: Seam[], verdict: "same" | "different") => void} take
   * @param {(id: string) => string} hint  the key of a command
   */
  constructor(place, address, take, hint) {
    this.place = place;
    this.address = address;
    this.take = take;
    this.hint = hint;
    /** @type {Seam[]} */
    this.seams = [];
    /** @type {"same" | "different"} */
    this.verdict = "same";
    this.asked = 0;
  }

  /** @returns {boolean} whether it is offered now */
  get open() {
    return !this.place.hidden;
  }

  /**
   * Load the seams similar to one that was just answered differently than proposed.
   * @param {number} left
   * @param {"same" | "different"} verdict
   */
  async offer(left, verdict) {
    const question = ++this.asked;
    const data = await getJson(`${this.address}?left=${left}&verdict=${verdict}`);
    if (question !== this.asked) return;
    this.seams = data.seams;
    this.verdict = verdict;
    if (this.seams.length) this.draw(data.ticked);
    else this.leave();
  }

  /** @param {boolean} ticked */
  draw(ticked) {
    const n = this.seams.length;
    const many = _n("1 other place looks like this one. Give it the same answer?", "%(count)s other places look like this one. Give them the same answer?", n);
    const pairs = this.seams.map((seam) => {
      const box = make("input", { type: "checkbox", checked: ticked, value: seam.left.position });
      box.addEventListener("change", () => this.tell());
      const words = _("Page %(position)s and page %(position2)s", { position: seam.left.position, position2: seam.right.position });
      const images = [seam.left, seam.right].map((leaf) => make("img", { src: leaf.small, alt: "", loading: "lazy" }));
      return make("li", {}, [
        make("label", { title: words }, [box, ...images, make("span", { class: "alike-name", text: `${seam.left.position} | ${seam.right.position}` })]),
      ]);
    });
    this.button = make("button", { type: "button", class: "button is-primary is-small" });
    this.button.addEventListener("click", () => this.all());
    const leave = make("button", { type: "button", class: "button is-small" }, [_("Skip these"), make("kbd", { text: this.hint("clear") })]);
    leave.addEventListener("click", () => this.leave());
    this.place.replaceChildren(
      make("h2", { class: "panel-title", text: _("Similar places") }), make("p", { text: many }),
      make("ul", { class: "alike-strip" }, pairs), make("div", { class: "alike-acts" }, [this.button, leave]),
    );
    this.place.hidden = false;
    this.tell();
  }

  /** @returns {HTMLInputElement[]} */
  boxes() {
    return [...this.place.querySelectorAll("input")];
  }

  tell() {
    if (!this.button) return;
    const n = this.boxes().filter((box) => box.checked).length;
    const what = this.verdict === "same" ? _("same document") : _("new document");
    this.button.replaceChildren(n ? _("Answer %(n)s: %(what)s", { n, what }) : _("Select all"), make("kbd", { text: this.hint("take-alike") }));
  }

  /** Answer the ticked ones. If there are none, tick all, so that the next press answers them. */
  all() {
    if (!this.open) return;
    const chosen = this.seams.filter((_, i) => this.boxes()[i]?.checked);
    if (!chosen.length) {
      for (const box of this.boxes()) box.checked = true;
      this.tell();
      return;
    }
    this.take(chosen, this.verdict);
    this.leave();
  }

  leave() {
    this.asked++;
    this.seams = [];
    if (this.place.contains(document.activeElement)) document.getElementById("main")?.focus();
    this.place.hidden = true;
    this.place.replaceChildren();
  }
}
