/** The map of a collection: look at pages, open them, select with the lasso or the keyboard, and open the selection in the desk. */

import { byId, dataFrom, getJson, make } from "../desk/dom.js";
import { combination } from "../desk/keys.js";
import { HEIGHT, WIDTH, inside, nearest, placesOf, toward } from "./plane.js";
import { _, _n, isFromRight } from "../i18n.js";

/** @typedef {import("./plane.js").Place} Place */
/** @typedef {import("./plane.js").Point} Point */

const SVG = "http://www.w3.org/2000/svg";
const HUES = 8;
/** How far from a page a pointer may be to hit it, in units of the drawing. */
const REACH = 14;
const LISTED = 200;
/** @type {Record<string, [number, number]>} */
const STEPS = { "map-left": [isFromRight() ? 1 : -1, 0], "map-right": [isFromRight() ? -1 : 1, 0], "map-up": [0, -1], "map-down": [0, 1] };

/** @type {{ slug: string, map: string, desk: string, scan: string, keys: import("../desk/records.js").Key[] }} */
const config = dataFrom("map-config");
const plane = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById("map-plane")));
const facts = byId("map-facts", HTMLElement);
const live = byId("map-live", HTMLElement);

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

class PageMap {
  /** @param {Place[]} places */
  constructor(places) {
    this.places = places;
    /** @type {Map<Place, Element>} */
    this.dots = new Map();
    /** @type {Set<Place>} */
    this.chosen = new Set();
    /** @type {Place | undefined} */
    this.current = undefined;
    /** @type {Point[]} */
    this.line = [];
    const radius = places.length > 600 ? 5 : 8;
    this.thread = draw("polyline", { class: "map-thread", points: "" });
    this.ring = draw("circle", { class: "map-ring", r: radius + 5, cx: -99, cy: -99 });
    this.lasso = draw("polygon", { class: "map-lasso", points: "" });
    plane.append(this.thread);
    for (const place of places) {
      const hue = place.group ? `hue-${place.group % HUES}` : "hue-none";
      const dot = draw("circle", { class: `map-dot ${hue}`, cx: place.x.toFixed(1), cy: place.y.toFixed(1), r: radius });
      this.dots.set(place, dot);
      plane.append(dot);
    }
    plane.append(this.ring, this.lasso);
    plane.addEventListener("pointerdown", (event) => this.press(event));
    plane.addEventListener("pointermove", (event) => this.drag(event));
    plane.addEventListener("pointerup", (event) => this.release(event));
    plane.addEventListener("pointercancel", () => this.dropLine());
    plane.addEventListener("keydown", (event) => this.key(event));
    plane.addEventListener("focus", () => this.look(this.current ?? nearest(this.places, { x: WIDTH / 2, y: HEIGHT / 2 })));
    byId("map-clear", HTMLButtonElement).addEventListener("click", () => this.choose([]));
    byId("map-hand", HTMLButtonElement).addEventListener("click", () => this.hand());
  }

  /** @param {PointerEvent} event @returns {Point} */
  at(event) {
    const matrix = plane.getScreenCTM();
    if (!matrix) return { x: -1, y: -1 };
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    plane.setPointerCapture(event.pointerId);
    this.line = [this.at(event)];
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const point = this.at(event);
    if (!this.line.length) {
      const near = nearest(this.places, point, REACH);
      if (near && near !== this.current) this.look(near);
      return;
    }
    this.line.push(point);
    this.lasso.setAttribute("points", this.line.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" "));
  }

  /** @param {PointerEvent} event */
  release(event) {
    const line = this.line;
    this.dropLine();
    const start = line[0];
    if (!start) return;
    const far = line.some((p) => Math.hypot(p.x - start.x, p.y - start.y) > REACH);
    if (far) {
      const caught = this.places.filter((place) => inside(place, line));
      this.choose(event.shiftKey ? [...this.chosen, ...caught] : caught);
      return;
    }
    const place = nearest(this.places, start, REACH);
    if (!place) return;
    this.look(place);
    if (event.shiftKey || event.ctrlKey || event.metaKey) this.toggle(place);
    else location.assign(address(place));
  }

  dropLine() {
    this.line = [];
    this.lasso.setAttribute("points", "");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const here = this.current;
    const pressed = combination(event);
    const key = config.keys.find(({ id, scope, keys }) => (scope === "map" || id === "clear") && keys.includes(pressed));
    if (!here || !key) return;
    const step = STEPS[key.id];
    if (step) this.look(toward(this.places, here, ...step) ?? here);
    else if (key.id === "map-choose") this.toggle(here);
    else if (key.id === "map-document") this.choose([...this.chosen, ...this.groupOf(here)]);
    else if (key.id === "map-open") location.assign(address(here));
    else this.choose([]);
    event.preventDefault();
  }

  /** @param {Place} place */
  groupOf(place) {
    return place.group ? this.places.filter((other) => other.group === place.group) : [place];
  }

  /** @param {Place} place */
  toggle(place) {
    this.choose(this.chosen.has(place) ? [...this.chosen].filter((other) => other !== place) : [...this.chosen, place]);
  }

  /** Shows one page, and its group as a thread in scan order. @param {Place | undefined} place */
  look(place) {
    if (!place) return;
    this.current = place;
    const group = this.groupOf(place);
    this.ring.setAttribute("cx", place.x.toFixed(1));
    this.ring.setAttribute("cy", place.y.toFixed(1));
    this.thread.setAttribute("points", group.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(" "));
    const image = config.scan.replace("/0/320/0/", `/${place.pk}/320/${place.sha}/`);
    const where = place.group
      ? _n("document %(number)s, %(count)s page on the map", "document %(number)s, %(count)s pages on the map", group.length, { number: place.group })
      : _("unassigned");
    byId("map-now", HTMLElement).replaceChildren(
      make("img", { src: image, alt: "" }),
      make("div", {}, [make("p", {}, [make("a", { href: address(place), text: _("Page %(position)s", { position: place.position }) })]), make("p", { class: "quiet", text: where }), make("p", { class: "quiet", text: place.name })]),
    );
    plane.setAttribute("aria-label", this.chosen.has(place)
      ? _("Map of the pages: page %(page)s, %(where)s, selected", { page: place.position, where })
      : _("Map of the pages: page %(page)s, %(where)s", { page: place.position, where }));
    plane.removeAttribute("aria-labelledby");
  }

  /** @param {Place[]} places */
  choose(places) {
    this.chosen = new Set(places);
    for (const [place, dot] of this.dots) {
      dot.classList.toggle("is-chosen", this.chosen.has(place));
      dot.classList.toggle("is-faded", this.chosen.size > 0 && !this.chosen.has(place));
    }
    const sorted = [...this.chosen].sort((a, b) => a.position - b.position);
    const groups = new Set(sorted.map((place) => place.group).filter(Boolean)).size;
    live.textContent = sorted.length
      ? _("%(pages)s in %(documents)s selected.", {
        pages: _n("%(count)s page", "%(count)s pages", sorted.length), documents: _n("%(count)s document", "%(count)s documents", groups),
      })
      : _("No pages are selected.");
    byId("map-hand", HTMLButtonElement).disabled = byId("map-clear", HTMLButtonElement).disabled = !sorted.length;
    const items = sorted.slice(0, LISTED).map((place) =>
      make("li", {}, [make("a", { href: address(place), text: place.group ? _("Page %(page)s, document %(number)s", { page: place.position, number: place.group }) : _("Page %(page)s", { page: place.position }) })]));
    if (sorted.length > LISTED) items.push(make("li", { class: "quiet", text: _("and %(more)s more", { more: sorted.length - LISTED }) }));
    byId("map-list", HTMLElement).replaceChildren(...items);
  }

  /** The desk reads its selection and its place from the session's storage. */
  hand() {
    const positions = [...this.chosen].map((place) => place.position).sort((a, b) => a - b);
    sessionStorage.setItem(`hhreview-chosen-${config.slug}`, JSON.stringify(positions));
    sessionStorage.setItem(`hhreview-place-${config.slug}`, String(positions[0]));
    location.assign(config.desk);
  }
}

/** @param {Place} place */
function address(place) {
  return `${config.desk}#page/${encodeURIComponent(place.name)}`;
}

async function start() {
  const sent = await getJson(config.map);
  if (!sent.pages.length) {
    facts.textContent = _("The pages have not been analyzed yet. Staff can start “Analyze images” in the admin.");
  } else {
    byId("map", HTMLElement).hidden = false;
    new PageMap(placesOf(sent.pages));
    const part = sent.pages.length < sent.embedded ? _("A sample of %(count)s of %(embedded)s pages", { count: sent.pages.length, embedded: sent.embedded }) : _n("%(count)s page", "%(count)s pages", sent.pages.length);
    facts.textContent = _("%(part)s. Pages that look alike are close together. Pages of one document have one color; point at a page to connect them. The map shows %(explained)s% of the differences that %(encoder)s finds.", { part, explained: sent.explained, encoder: sent.encoder });
  }
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  facts.textContent = [_("The map could not be loaded."), error instanceof Error ? error.message : "", _("Reload the page to try again.")].filter(Boolean).join(" ");
  document.body.dataset.ready = "yes";
});
