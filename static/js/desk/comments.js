/** The comments on a document. Each is stored with a page and follows it into other documents. */

import { notLoaded } from "./again.js";
import { getJson, make, postJson, uuid } from "./dom.js";
import { Mentions } from "./mentions.js";
import { keepTyped, keptBy, renameTyped, wasTyped } from "./typed.js";
import { _, _n, moment } from "../i18n.js";

/**
 * @typedef {object} Comment  as the API tells it
 * @property {number} id
 * @property {number} position
 * @property {string | null} user
 * @property {string} name
 * @property {string} text
 * @property {string[]} mentions
 * @property {string} created
 * @property {string | null} edited
 * @property {string | null} resolved
 * @property {string | null} resolved_by
 */

const MOST = 2000;
const SHOWN = 500;
let threads = 0;

export class Thread {
  /**
   * @param {HTMLElement} place
   * @param {import("./model.js").Model} model
   * @param {import("./records.js").Config} config
   */
  constructor(place, model, config) {
    this.place = place;
    this.model = model;
    this.config = config;
    this.id = `thread-${++threads}`;
    this.group = 0;
    this.seen = "";
    this.at = 0;
    /** Number of the last request for the thread: responses to earlier ones are outdated. */
    this.asked = 0;
    this.title = make("h2", { class: "panel-title", id: this.id, text: _("Comments") });
    this.list = make("ol", { class: "comment-list", "aria-labelledby": this.id });
    this.settled = make("ol", { class: "comment-list" });
    this.old = make("details", { class: "fold", hidden: true }, [make("summary"), this.settled]);
    this.write = make("div");
    /** @type {HTMLElement | null} what had the focus before the thread */
    this.from = null;
    place.addEventListener("focusin", ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !place.contains(relatedTarget)) this.from = relatedTarget;
    });
    place.append(this.title, this.list, this.old, this.write);
    place.hidden = true;
    model.addEventListener("change", () => this.group && this.show(model.at[this.at] ?? 0, this.at, true));
  }

  /** Take the focus back to where it was; rows that were drawn again meanwhile have the same id. @param {HTMLElement} field */
  leave(field) {
    const back = this.from?.isConnected ? this.from : document.getElementById(this.from?.id ?? "");
    if (back) back.focus();
    else field.blur();
  }

  /**
   * Show the thread of a document. New comments are stored with this page of it.
   * @param {number} id  of the group; 0: none
   * @param {number} p
   * @param {boolean} [isSame]  that page already: documents changed around it, and what is typed stays with it
   */
  show(id, p, isSame = false) {
    const group = this.model.groups.get(id);
    this.place.hidden = !group || id < 0;
    this.at = p;
    if (!group || id < 0) return void (this.group = 0);
    if (this.group !== id) {
      this.list.replaceChildren();
      this.old.hidden = true;
    }
    this.ready(group, isSame);
    const now = `${id}/${group.version}/${this.model.commentsOn(group)}`;
    this.group = id;
    if (this.seen === now) return;
    this.seen = now;
    void this.load();
  }

  /**
   * The field, with unsent text from any page of the document. Text is stored by its page, since others may join and split
   * documents. A field stays where it is while a person types.
   * @param {import("./records.js").Group} group
   * @param {boolean} isSame
   */
  ready({ id, pages }, isSame) {
    const start = `${this.config.slug}-comment-`;
    const now = this.write.dataset.draft ?? "";
    const draft = keptBy(start, pages, { at: this.at, now });
    const { activeElement: field } = document;
    const typing = isSame && field instanceof HTMLTextAreaElement && this.write.contains(field) ? field : null;
    if (draft === now && (typing || this.group === id)) return;
    if (typing && !wasTyped(draft) && wasTyped(now)) renameTyped(now, draft);
    this.write.dataset.draft = draft;
    this.write.replaceChildren(this.form(draft, "", _("Comment"), (text, key) => this.send("", "POST", { text, key, position: this.at })));
    if (!typing) return;
    this.focus();
    this.write.querySelector("textarea")?.setSelectionRange(typing.selectionStart, typing.selectionEnd);
  }

  focus() {
    this.write.querySelector("textarea")?.focus();
  }

  async load() {
    const { group } = this;
    const mine = ++this.asked;
    const isStill = () => group === this.group && mine === this.asked;
    try {
      const { items } = await getJson(`${this.config.urls.comments}?group=${group}&limit=${SHOWN}`);
      if (isStill()) this.fill(items);
    } catch (error) {
      if (!isStill()) return;
      this.seen = ""; // the next change loads it again
      this.quiet();
      this.place.append(notLoaded(error, () => void this.load()));
    }
  }

  /** @param {unknown} error  that kept something from being done */
  tell(error) {
    this.quiet();
    this.place.append(make("p", { class: "field-error", role: "alert", text: error instanceof Error ? error.message : String(error) }));
  }

  quiet() {
    this.place.querySelector(":scope > :is([role=alert], .not-loaded)")?.remove();
  }

  /** @param {Comment[]} comments */
  fill(comments) {
    if (this.place.querySelector("form[data-edits]")) return; // a person is editing a comment
    const open = comments.filter(({ resolved }) => !resolved);
    const done = comments.filter(({ resolved }) => resolved);
    const label = open.length ? _("Comments (%(count)s)", { count: open.length }) : _("Comments");
    const summary = this.place.parentElement?.querySelector(":scope > summary");
    (summary ?? this.title).textContent = label;
    this.list.replaceChildren(...open.map((comment) => this.item(comment)));
    this.settled.replaceChildren(...done.map((comment) => this.item(comment)));
    this.old.hidden = !done.length;
    if (this.old.firstElementChild) this.old.firstElementChild.textContent = _n("%(count)s resolved", "%(count)s resolved", done.length);
    const group = this.model.groups.get(this.group);
    if (!group) return;
    /** @type {Map<number, number>} */
    const counts = new Map([...this.model.comments].filter(([p]) => !group.pages.includes(p)));
    for (const { position } of open) counts.set(position, (counts.get(position) ?? 0) + 1);
    this.seen = `${group.id}/${group.version}/${open.length}`;
    this.model.setComments([...counts].sort(([a], [b]) => a - b));
  }

  /** @param {Comment} comment */
  item(comment) {
    const { id, user, name, position, resolved } = comment;
    const mine = user === this.config.me;
    const when = moment(comment.created);
    const words = make("p", { class: "comment-text", dir: "auto" }, textWithNames(comment));
    const about = [when, comment.edited ? _("edited") : "", resolved ? _("resolved by %(name)s", { name: comment.resolved_by ?? "" }) : ""];
    const item = make("li", { class: "comment" }, [
      make("p", { class: "comment-head" }, [
        make("b", { text: name || _("Deleted account") }), " ",
        make("a", { href: `${this.config.urls.desk}#page/${position}`, "data-jump": position, text: _("page %(position)s", { position }) }), " ",
        make("span", { class: "quiet", text: about.filter(Boolean).join(" · ") }),
      ]),
      words,
    ]);
    const acts = make("p", { class: "comment-acts" }, [
      this.button(resolved ? _("Reopen") : _("Resolve"), () => this.send(`/${id}/${resolved ? "reopen" : "resolve"}`, "POST", {})),
      mine ? this.button(_("Edit"), () => this.edit(item, comment)) : null,
      mine || this.config.mayLaunch ? this.button(_("Delete"), (button) => this.remove(button, id)) : null,
    ]);
    item.append(acts);
    return item;
  }

  /** @param {string} text @param {(button: HTMLButtonElement) => unknown} run */
  button(text, run) {
    const button = make("button", { type: "button", class: "link-button", text });
    button.addEventListener("click", () => void run(button));
    return button;
  }

  /** A second press deletes. @param {HTMLButtonElement} button @param {number} id */
  remove(button, id) {
    if (button.dataset.sure) return this.send(`/${id}`, "DELETE", {});
    button.dataset.sure = "yes";
    button.textContent = _("Delete for good?");
    button.addEventListener("blur", () => {
      delete button.dataset.sure;
      button.textContent = _("Delete");
    }, { once: true });
    return undefined;
  }

  /** @param {HTMLElement} item @param {Comment} comment */
  edit(item, comment) {
    const form = this.form(`${this.config.slug}-comment-edit-${comment.id}`, comment.text, _("Your comment"), async (text) => {
      const sent = await this.send(`/${comment.id}`, "PATCH", { text }, () => form.remove());
      return sent;
    }, () => {
      form.remove();
      void this.load();
    });
    form.dataset.edits = String(comment.id);
    item.replaceChildren(form);
    form.querySelector("textarea")?.focus();
  }

  /**
   * @param {string} draft  under which what is typed is kept
   * @param {string} text
   * @param {string} label
   * @param {(text: string, key: string) => Promise<boolean>} send
   * @param {() => void} [cancel]
   */
  form(draft, text, label, send, cancel) {
    const field = make("textarea", { name: "text", dir: "auto", rows: 2, maxlength: MOST, class: "comment-field", "aria-label": label, placeholder: _("Comment. @ mentions a person.") });
    field.defaultValue = text;
    const key = make("input", { type: "hidden", name: "key" });
    const ok = make("button", { class: "button is-small", text: cancel ? _("Save") : _("Send") });
    const form = make("form", { class: "comment-form" }, [
      make("div", { class: "comment-place" }, [field]), key,
      make("p", { class: "comment-acts" }, [ok, cancel ? this.button(_("Cancel"), () => {
        typed.forget();
        cancel();
      }) : null, make("span", { class: "quiet", text: _("Enter sends; with Shift it starts a new line.") })]),
    ]);
    const typed = keepTyped(form, draft);
    const fold = typed.restored ? this.place.closest("details") : null;
    if (fold) fold.open = true;
    new Mentions(field, this.config.urls.mentionable ?? "");
    field.addEventListener("input", () => (key.value ||= uuid()));
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.defaultPrevented) return;
      if (event.key === "Escape") this.leave(field);
      else if (event.key === "Enter" && !event.shiftKey) form.requestSubmit();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!field.value.trim() || ok.disabled) return;
      ok.disabled = true;
      const { value } = field;
      const sent = await send(value, key.value || uuid());
      ok.disabled = false;
      if (!sent) return;
      // Text typed in the meantime is another comment.
      field.value = field.value.startsWith(value) ? field.value.slice(value.length).trimStart() : field.value;
      key.value = field.value ? uuid() : "";
      typed.forget();
      if (field.value) form.dispatchEvent(new Event("input"));
    });
    return form;
  }

  /**
   * @param {string} path  below the address of comments
   * @param {string} method
   * @param {object} body
   * @param {() => void} [then]
   * @returns {Promise<boolean>} whether it is done; what was typed stays where it is not
   */
  async send(path, method, body, then) {
    this.quiet();
    try {
      const { status, data } = await postJson(`${this.config.urls.comments}${path}`, body, method);
      if (status >= 300) throw new Error(data.message ?? _("This was not saved."));
    } catch (error) {
      this.tell(error);
      return false;
    }
    then?.();
    await this.load();
    return true;
  }
}

/** @param {Comment} comment @returns {(string | HTMLElement)[]} its words, people who are mentioned in bold */
function textWithNames({ text, mentions }) {
  const names = [...mentions].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.+]/g, "\\$&"));
  if (!names.length) return [text];
  const parts = text.split(new RegExp(`(?<![\\w.+-])(@(?:${names.join("|")}))(?!\\w)`, "u"));
  return parts.map((part, i) => (i % 2 ? make("b", { class: "mentioned", text: part }) : part));
}
