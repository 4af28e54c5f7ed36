/** The form of an invitation, with type-ahead for collections: it completes the title after the last comma. */

import { byId, getJson } from "./desk/dom.js";
import { Lookup } from "./desk/describe/lookup.js";

const field = byId("id_collections", HTMLInputElement);

class CollectionLookup extends Lookup {
  /** @override */
  text() {
    return (this.input.value.split(",").at(-1) ?? "").trim();
  }

  /** @override @param {string} text */
  async find(text) {
    const { collections } = await getJson(`${this.address}?q=${encodeURIComponent(text)}`);
    return { terms: collections.map((/** @type {{title: string, slug: string}} */ { title, slug }) => ({ label: title, uri: slug, source: slug })) };
  }
}

new CollectionLookup(field, document.body.dataset.places ?? "", ({ uri }) => {
  field.value = [...field.value.split(",").slice(0, -1).map((name) => name.trim()), uri, ""].join(", ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

const form = field.form;
const fold = form?.closest("details");
fold?.addEventListener("toggle", () => {
  const first = form?.querySelector("[aria-invalid=true], [name=first_name]");
  if (fold.open && first instanceof HTMLElement) first.focus();
});
