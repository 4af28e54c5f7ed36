/** Links and buttons in the panel and the open page: other pages, marking a duplicate, and restricted pages. */

import { byId, postJson } from "./dom.js";

/**
 * @param {import("./acts.js").Acts} acts
 * @param {import("./detail.js").Detail} detail
 * @param {import("./panel.js").Panel} panel
 * @param {import("./records.js").Config} config
 */
export function panelLinks(acts, detail, panel, config) {
  /** Ask to see a restricted page, and draw again what shows it. @param {number} p */
  const show = async (p) => {
    const { status, data } = await postJson((config.urls.show ?? "").replace("/1/show", `/${p}/show`), {});
    if (status >= 400) return acts.say(data.message);
    acts.model.tell(p, { seen: Date.now() });
    acts.model.changed();
    panel.show(p, true);
    if (detail.isOpen) detail.goTo(detail.at);
  };
  const side = byId("detail-side", HTMLElement);
  for (const place of [byId("panel", HTMLElement), side]) {
    place.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[data-jump]") : null;
      // With Ctrl and similar keys, it is an ordinary link that opens a new tab or window.
      if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const p = Number(link.dataset.jump);
      if (place === side) void detail.open(p);
      else acts.stream.setFocus(p);
    });
    place.addEventListener("submit", (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      if (form.dataset.show) {
        event.preventDefault();
        void show(Number(form.dataset.show)).catch((error) => acts.say(error.message));
      }
      if (!form.dataset.copyOf) return;
      event.preventDefault();
      acts.describe(Number(form.dataset.group), { copy_of: Number(form.dataset.copyOf) });
      form.remove();
    });
  }
}
