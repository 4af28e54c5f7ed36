// @ts-check
/**
 * Shows the settings of the chosen method only, and the key field only for another encoder. Without JavaScript all show.
 *
 *   <select name="method">…</select> … <fieldset data-method="dbscan">…</fieldset>
 */

const form = document.getElementById("launch-form");

/**
 * @param {string} name
 * @returns {HTMLSelectElement | null}
 */
const choice = (name) => form?.querySelector(`select[name="${name}"]`) ?? null;

function show() {
  const method = choice("method")?.value;
  for (const part of form?.querySelectorAll("[data-method]") ?? []) {
    part.toggleAttribute("hidden", part.getAttribute("data-method") !== method);
  }
  const other = form?.querySelector("[name=other_encoder]")?.closest(".form-row");
  other?.toggleAttribute("hidden", choice("encoder")?.value !== "other");
}

form?.addEventListener("change", show);
show();
