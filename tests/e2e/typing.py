"""The register of all fields, kept by browsers: what is typed into one, in any test, is kept, or it only asks."""

LISTENING = """
(() => {
  const TYPED = ["text", "date", "number", "url", "email", "tel"];
  const isText = (field) => field instanceof HTMLTextAreaElement
    || (field instanceof HTMLInputElement && TYPED.includes(field.type) && !field.readOnly);
  const values = (kept) => (typeof kept === "object" && kept ? Object.values(kept).flatMap(values) : [String(kept)]);
  const isKept = (typed) => Object.entries(sessionStorage)
    .some(([key, kept]) => key.startsWith("hhreview-typed-") && values(JSON.parse(kept)).includes(typed));
  const isAsking = (field) => field.closest("[data-asks], form:is([method=get], [role=search])")
    || field.closest("form")?.querySelector("[type=password]");
  const check = ({ target }) => {
    const typed = target.value;
    if (!isText(target) || !document.body.dataset.person || typed === target.defaultValue || isAsking(target)) return;
    // All listeners of the desk, of its forms and its document, were called before this one of the window.
    const name = target.name || target.className || target.id;
    if (!isKept(typed)) console.error(`Typed and not kept: ${name} at ${location.pathname}`);
  };
  addEventListener("input", (event) => {
    if (document.readyState === "complete") check(event);
    else addEventListener("load", () => check(event)); // typed before the scripts were there
  });
})();
"""
"""Writes an error on the console, which fails the test, for a field whose letters a reload would lose."""
