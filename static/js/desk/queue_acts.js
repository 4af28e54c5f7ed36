/** Other acts in the queue, on the pages at the place that is shown. */

import { ask, field } from "./dialogs.js";
import { openMenu } from "./menu.js";
import { keptBy, putTyped } from "./typed.js";
import { _ } from "../i18n.js";

/** @typedef {import("./queue.js").Seam} Seam */
/** @typedef {import("./pair.js").Leaf} Leaf */

export class QueueActs {
  /**
   * @param {import("./records.js").Config} config
   * @param {() => Seam | null} current
   * @param {(verb: string, body: Record<string, any>, versions?: Record<string, number>) => void} send
   * @param {(words: string) => void} say
   */
  constructor(config, current, send, say) {
    this.config = config;
    this.current = current;
    this.send = send;
    this.say = say;
    /** The page at which each document was flagged. @type {Map<number, number>} */
    this.flagged = new Map();
  }

  /** Describe in the stream, which has the form; Back returns here. */
  describe() {
    const seam = this.current();
    if (seam) location.assign(`${this.config.urls.desk}#describe/${encodeURIComponent(seam.right.identifier)}`);
  }

  /**
   * Show a refused flag again with its text if its page is still on the screen; if not, only in a message.
   * @param {{group: number, note: string}} body
   * @param {string} why
   */
  flagAgain({ group, note }, why) {
    const at = this.flagged.get(group);
    if (this.current()?.right.position === at) return this.flag({ values: { note }, problem: why });
    if (at) putTyped(keptBy(`${this.config.slug}-flag-`, [at]), { note }); // fills the dialog when the document is flagged again
    return this.say(note ? `${why} ${_("You typed: “%(text)s”", { text: note })}` : why);
  }

  /** @param {{values?: Record<string, string>, problem?: string}} [refused] */
  async flag(refused = {}) {
    const seam = this.current();
    if (!seam) return;
    const group = seam.right.group;
    if (!group) return this.say(_("The page on the right is not in a document yet."));
    const note = field(_("What is unclear?"), { name: "note", maxlength: "500" }, _("A note for the next person who looks at it. Optional."));
    const keep = keptBy(`${this.config.slug}-flag-`, [seam.right.position]);
    const answer = await ask(_("Flag the document of page %(position)s", { position: seam.right.position }), [note], { ok: _("Flag"), keep, ...refused });
    if (!answer) return;
    this.flagged.set(group, seam.right.position);
    const versions = { [group]: seam.groups[group] ?? 0 }; // current, since other answers may have changed the group
    this.send("flag", { group, note: String(answer.get("note") ?? "").trim() }, versions);
  }

  /** @param {HTMLElement | null} under  the button that was pressed, or nothing */
  mark(under) {
    const seam = this.current();
    if (!seam) return;
    const entries = [seam.left, seam.right].flatMap((leaf, i) => [
      ...(i ? [null] : []),
      ...this.config.roles.filter(([role]) => role !== leaf.role).map(([role, label]) => ({
        label: role ? _("Page %(position)s: mark as %(label)s", { position: leaf.position, label }) : _("Page %(position)s: remove mark", { position: leaf.position }), key: "",
        run: () => this.send("mark", { pages: [leaf.position], role }),
      })),
    ]);
    const box = under?.getBoundingClientRect();
    openMenu(box?.left ?? innerWidth / 3, box?.top ?? innerHeight / 2, entries, () => under?.focus());
  }
}
