/** What would be acted on, and the acts: "7 pages in 2 groups". */

import { byId } from "./dom.js";

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
    const all = acts.shownGroups() ? `: everything under “${acts.filterName()}”` : "";
    words.textContent = `${pages} ${pages === 1 ? "page" : "pages"} in ${groups} ${groups === 1 ? "document" : "documents"}${all}`;
    for (const button of bar.querySelectorAll("button[data-needs-groups]")) {
      if (button instanceof HTMLButtonElement) button.disabled = groups < Number(button.dataset.needsGroups);
    }
  };
  selection.addEventListener("change", tell);
  acts.model.addEventListener("change", tell);
  tell();
}
