/** What the panel and the open page lead to: other pages, and the act that a copy asks for. */

import { byId } from "./dom.js";

/**
 * @param {import("./acts.js").Acts} acts
 * @param {import("./detail.js").Detail} detail
 */
export function panelLinks(acts, detail) {
  const side = byId("detail-side", HTMLElement);
  for (const place of [byId("panel", HTMLElement), side]) {
    place.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[data-jump]") : null;
      // With Ctrl and the like it is an ordinary link, for a window of its own.
      if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const p = Number(link.dataset.jump);
      if (place === side) void detail.open(p);
      else acts.stream.setFocus(p);
    });
    place.addEventListener("submit", (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset.copyOf) return;
      event.preventDefault();
      acts.describe(Number(form.dataset.group), { copy_of: Number(form.dataset.copyOf) });
      form.remove();
    });
  }
}
