/** The bar with the selection, such as "7 pages in 2 documents", and its acts. */

import { byId } from "./dom.js";
import { _, _n } from "../i18n.js";

/**
 * @param {import("./selection.js").Selection} selection
 * @param {import("./acts.js").Acts} acts
 */
export function selectionBar(selection, acts) {
  const bar = byId("selection-bar", HTMLElement);
  const words = byId("selection-words", HTMLElement);
  const tell = () => {
    const pages = selection.size;
    bar.hidden = pages < 1;
    const groups = acts.groups().length;
    const what = { pages: _n("%(count)s page", "%(count)s pages", pages) };
    const documents = _n("%(count)s document", "%(count)s documents", groups);
    words.textContent = acts.shownGroups()
      ? _("%(pages)s, %(documents)s: everything under “%(filter)s”", { ...what, documents, filter: acts.filterName() })
      : groups ? _n("%(pages)s in %(count)s document", "%(pages)s in %(count)s documents", groups, what) : _("%(pages)s, in no document", what);
    for (const button of bar.querySelectorAll("button[data-needs-groups]")) {
      if (button instanceof HTMLButtonElement) button.disabled = groups < Number(button.dataset.needsGroups);
    }
  };
  selection.addEventListener("change", tell);
  acts.model.addEventListener("change", tell);
  tell();
}
