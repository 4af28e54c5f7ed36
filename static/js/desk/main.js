/** The stream, put together. */

import { Acts } from "./acts.js";
import { untilAnswered } from "./again.js";
import { selectionBar } from "./bar.js";
import { Describe } from "./describe/view.js";
import { comeBack, flag, restrict } from "./describing.js";
import { Detail } from "./detail.js";
import { pageUnder, pointer } from "./drag.js";
import { byId, dataFrom, useIcons } from "./dom.js";
import { showHelp } from "./help.js";
import { Kept } from "./kept.js";
import { Keyboard, refusing } from "./keys.js";
import { vertical } from "./layout.js";
import { panelLinks } from "./links.js";
import { Magnifier } from "./magnifier.js";
import { Model } from "./model.js";
import { actsOfOpenPage } from "./open_page.js";
import { Outbox } from "./outbox.js";
import { pageMenu } from "./page_menu.js";
import { offerDesk } from "./offering.js";
import { Panel } from "./panel.js";
import { showPeople } from "./people.js";
import { Place, placeNamed } from "./place.js";
import * as questions from "./questions.js";
import { tellSaving } from "./saving.js";
import { Selection } from "./selection.js";
import { Side, filterOf, showEmpty } from "./side.js";
import { Stream } from "./stream.js";
import { Toasts } from "./toasts.js";
import { isTypedUnder } from "./typed.js";
import { Tour } from "./tour.js";
import { _ } from "../i18n.js";

/** @type {import("./records.js").Config} */
const config = dataFrom("desk-config");
useIcons(config.urls.icons ?? "");
const toasts = new Toasts(byId("toasts", HTMLElement), byId("live", HTMLElement), byId("last-act", HTMLElement));
/** @param {string} sentence */
const say = (sentence) => toasts.show(sentence);
const placeKey = `hhreview-place-${config.slug}`;

/** @type {Tour | null} */
let tour = null;
/** @type {Side | null} */
let side = null;
/** @type {Magnifier | null} */
let magnifier = null;

start().catch((error) => {
  const scroller = byId("stream", HTMLElement);
  scroller.textContent = error instanceof Error ? error.message : String(error);
});

async function start() {
  const scroller = byId("stream", HTMLElement);
  const model = new Model(await untilAnswered(config.urls.index ?? "", () => {
    scroller.textContent = _("Reconnecting. The pages appear when the server is back.");
  }), config);
  const keyboard = new Keyboard(config.keys, refusing(config, (why) => toasts.show(why)));
  scroller.removeAttribute("data-loading");
  if (!model.last) {
    document.body.dataset.ready = "yes";
    return;
  }
  scroller.replaceChildren();

  /** @type {Stream} */
  let stream;
  const selection = new Selection(() => stream.shown(), `hhreview-chosen-${config.slug}`);
  const panel = new Panel(config, model);
  const given = {
    splitKey: keyboard.hint("split"),
    shows: filterOf(model, "all"),
    cut: /** @type {Set<number>} */ (new Set()),
    onFocus: (/** @type {number} */ p) => {
      panel.show(p);
      magnifier?.follow();
      sessionStorage.setItem(placeKey, String(p));
    },
  };
  stream = new Stream(scroller, model, config, selection, given);
  magnifier = new Magnifier(stream, config);
  const outbox = new Outbox(model, config.urls, new Kept(config.kept));
  outbox.at = () => stream.focus;
  const acts = new Acts(model, outbox, selection, stream, say, (id) => keyboard.inBrackets(id));
  /** @type {Describe} */
  let view;
  /** @type {Detail} */
  let detail;
  const place = new Place((named) => void openNamed(named), () => {
    detail.close();
    view.close();
  });
  view = new Describe(acts, config, keyboard, place);
  /** @param {number} p  describe its document */
  const describe = (p) => {
    const group = model.groupAt(p);
    if (!group) return say(_("This page is not in a document yet."));
    detail.close();
    view.open(group);
  };
  detail = new Detail(config, model, keyboard, place, {
    left: (p) => stream.setFocus(p), commands: config.mayEdit ? { "detail-describe": describe } : {},
    load: (positions) => stream.load(positions), toggle: (p) => config.mayEdit && acts.toggleSeam(p),
    corrected: (data) => void outbox.take(null, data).then(() => toasts.show(data.message, { action: _("Undo"), act: () => acts.undo(data.edit?.sequence), done: true })),
    refused: (message) => toasts.show(message, { tone: "problem" }),
  });
  /** @param {{mode: import("./place.js").Mode, identifier: string}} named  as an address says it */
  const openNamed = async ({ mode, identifier }) => {
    const p = await questions.goToMeant(acts, config, identifier);
    if (placeNamed()?.identifier !== identifier || !p) return; // the person has gone back
    if (mode === "describe" && config.mayEdit) return describe(p);
    view.close();
    if (mode === "comments") {
      history.replaceState(null, "", location.pathname + location.search);
      return comment();
    }
    void (mode === "seam" ? detail.compare(p) : detail.open(p));
  };
  let filter = "all";
  const tellEmpty = () => {
    showEmpty(filter, stream.shown().length);
    if (!stream.focus) stream.settle();
  };
  side = new Side(model, stream, (chosen) => {
    filter = chosen;
    given.shows = filterOf(model, filter);
    stream.relayout();
    stream.settle();
    tellEmpty();
    toasts.announce(_("%(count)s pages shown.", { count: stream.shown().length }));
  }, config.seconds);
  stream.relayout();
  model.addEventListener("change", tellEmpty);

  const comment = () => {
    if (!model.groupAt(stream.focus)) return say(_("This page is not in a document yet."));
    detail.close();
    if (!panel.open) panel.toggle();
    panel.thread.show(model.at[stream.focus] ?? 0, stream.focus);
    panel.thread.focus();
  };
  const all = onAPage(stream, { ...commands(acts, keyboard, detail, panel), comment, ...(config.mayEdit ? { describe: () => describe(stream.focus) } : {}) });
  keyboard.push("stream", all);
  offerDesk(acts, config, keyboard, detail, view);
  detail.acts = actsOfOpenPage(acts, detail, all, config.mayEdit);
  pointer(stream, selection, acts, { mayEdit: config.mayEdit, open: (p) => void detail.open(p), say });
  selectionBar(selection, acts);
  clicks(acts, keyboard, all);
  panelLinks(acts, detail, panel, config);
  news(outbox, acts, detail, view);

  const named = placeNamed();
  if (named) await openNamed(named);
  else {
    const p = Number(sessionStorage.getItem(placeKey)) || stream.focus;
    stream.focus = model.exists[p] ? p : stream.focus;
    stream.settle();
    stream.reveal(stream.focus, true);
    stream.dress();
    panel.show(stream.focus);
  }
  tour = new Tour(keyboard, {
    mayEdit: config.mayEdit, address: config.urls.tour ?? "", say: (sentence) => toasts.announce(sentence),
    leave: () => stream.setFocus(stream.focus),
  });
  if (config.tour) tour.open(false);
  await outbox.restore();
  if (!config.mayEdit && isTypedUnder(`${config.slug}-describe-`)) {
    toasts.show(_("What you typed about documents here is kept in this tab until you can save it."));
  }
  document.body.dataset.ready = "yes";
  void outbox.poll(); // load who is here now instead of after the first interval
}

const NEED_NO_PAGE = ["go-to", "larger", "smaller", "usual-size", "clear", "magnify", "search", "help", "undo", "redo"];

/**
 * Wrap commands so that they show a message if the filter shows no page.
 * @param {Stream} stream
 * @param {Record<string, (event: KeyboardEvent) => void>} all
 */
function onAPage(stream, all) {
  return Object.fromEntries(Object.entries(all).map(([id, run]) => [id, NEED_NO_PAGE.includes(id) ? run : (/** @type {KeyboardEvent} */ event) => (stream.focus ? run(event) : say(_("No page is shown.")))]));
}

/**
 * @param {Acts} acts
 * @param {Keyboard} keyboard
 * @param {Detail} detail
 * @param {Panel} panel
 * @returns {Record<string, (event: KeyboardEvent) => void>}
 */
function commands(acts, keyboard, detail, panel) {
  const { stream, selection, model } = acts;
  /** @param {number} p @param {string} [nothing] */
  const go = (p, nothing) => (p ? stream.setFocus(p) : nothing ? say(nothing) : undefined);
  const screen = () => {
    const row = stream.layout.rows[stream.layout.rowOf[stream.focus] ?? -1];
    return Math.max(1, Math.floor(stream.scroller.clientHeight / (row?.height ?? stream.scroller.clientHeight)));
  };
  /** @param {number} step */
  const neighbor = (step) => {
    let p = step > 0 ? model.after(stream.focus) : model.before(stream.focus);
    while (p && (stream.layout.rowOf[p] ?? -1) < 0) p = step > 0 ? model.after(p) : model.before(p);
    return p;
  };
  const row = () => stream.layout.rows[stream.layout.rowOf[stream.focus] ?? 0]?.segments ?? [];
  /** @param {number} p */
  const extend = (p) => {
    if (!p) return;
    selection.anchor ??= stream.focus;
    selection.extendTo(p);
    stream.setFocus(p);
  };
  const look = {
    left: () => go(neighbor(-1)),
    right: () => go(neighbor(1)),
    up: () => go(vertical(stream.layout, stream.focus, -1)),
    down: () => go(vertical(stream.layout, stream.focus, 1)),
    "row-start": () => go(row()[0]?.from ?? 0),
    "row-end": () => go(row().at(-1)?.to ?? 0),
    first: () => go(stream.shown()[0] ?? 0),
    last: () => go(stream.shown().at(-1) ?? 0),
    "screen-up": () => go(vertical(stream.layout, stream.focus, -screen())),
    "screen-down": () => go(vertical(stream.layout, stream.focus, screen())),
    "group-next": () => go(acts.nextBand(1), _("This is the last document.")),
    "group-previous": () => go(acts.nextBand(-1), _("This is the first document.")),
    "doubt-next": () => go(acts.nextDoubt(1), _("Nothing left to check after this page.")),
    "doubt-previous": () => go(acts.nextDoubt(-1), _("Nothing left to check before this page.")),
    "go-to": () => void questions.goTo(acts, config),
    select: () => selection.toggle(stream.focus),
    "extend-left": () => extend(neighbor(-1)),
    "extend-right": () => extend(neighbor(1)),
    "extend-up": () => extend(vertical(stream.layout, stream.focus, -1)),
    "extend-down": () => extend(vertical(stream.layout, stream.focus, 1)),
    fold: () => {
      const group = model.at[stream.focus] ?? 0;
      if (stream.mayFold(group)) stream.toggleFold(group);
      else say(_("This document is too short to fold."));
    },
    larger: () => side?.resize(1),
    smaller: () => side?.resize(-1),
    "usual-size": () => side?.resize(0),
    "select-all": () => {
      const group = model.groupAt(stream.focus);
      const whole = group !== undefined && group.pages.every((p) => selection.has(p));
      if (whole || !group) selection.all();
      else selection.set(group.pages);
    },
    "select-shown": () => selection.all(),
    clear: () => {
      acts.cutPages.clear();
      selection.clear();
      stream.dress();
    },
    why: () => (model.before(stream.focus) ? panel.why() : say(_("This is the first page: there is no place before it to explain."))),
    compare: () => (model.before(stream.focus) ? void detail.compare(stream.focus) : say(_("This is the first page: there is nothing before it to compare."))),
    magnify: () => toasts.announce(magnifier?.toggle() ? _("Magnifier on.") : _("Magnifier off.")),
    open: () => void detail.open(stream.focus),
    search: () => {
      detail.close();
      byId("search", HTMLInputElement).focus();
    },
    menu: () => {
      const box = stream.cells.get(stream.focus)?.getBoundingClientRect();
      pageMenu(acts, config, keyboard, keyboard.commandsOf("stream"), (box?.left ?? 100) + 20, (box?.top ?? 100) + 20);
    },
    help: () => showHelp(config.keys, config.mayEdit, config.urls.keys ?? "", () => {
      detail.close();
      tour?.open(true);
    }),
  };
  if (!config.mayEdit) return look;
  return {
    ...look,
    split: () => acts.toggleSeam(stream.focus),
    merge: () => acts.mergeWithPrevious(),
    "merge-selected": () => void questions.joinSelected(acts),
    "new-group": () => acts.newGroup(),
    "move-to": () => void questions.moveTo(acts),
    cut: () => acts.cut(),
    paste: () => acts.paste(),
    earlier: () => acts.shiftInGroup(-1),
    later: () => acts.shiftInGroup(1),
    confirm: () => acts.confirmAndNext(),
    "confirm-selected": () => void questions.confirmSelected(acts),
    unconfirm: () => (acts.shownGroups() ? void questions.unconfirmShown(acts) : acts.unconfirm([model.at[stream.focus] ?? 0])),
    flag: () => void flag(acts, config),
    rotate: () => acts.rotate(90, acts.pages()),
    "rotate-back": () => acts.rotate(270, acts.pages()),
    restrict: () => void restrict(acts, config),
    "accept-drafts": () => void questions.acceptDrafts(acts),
    ...Object.fromEntries(config.offered.map(({ address, command }) => [command || address, () => acts.plain(address)])),
    undo: () => acts.undo(),
    redo: () => acts.redo(),
  };
}

/**
 * @param {Acts} acts
 * @param {Keyboard} keyboard
 * @param {Record<string, (event: KeyboardEvent) => void>} all
 */
function clicks(acts, keyboard, all) {
  const { stream, selection, model } = acts;
  stream.scroller.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    if (target && event.detail > 1) return; // a double click acts only once
    if (!target) {
      if (!pageUnder(event.target) && !event.shiftKey) selection.clear();
      return;
    }
    const { seam, confirm, jump, fold, comments } = target.dataset;
    if (seam) {
      const p = Number(seam);
      stream.setFocus(p, { keyboard: false });
      acts.toggleSeam(p);
    } else if (confirm) {
      const id = Number(confirm);
      if (model.groups.get(id)?.state === "confirmed") acts.unconfirm([id]);
      else acts.confirm([id]);
    } else if (jump) stream.setFocus(Number(jump));
    else if (comments) {
      const p = model.groups.get(Number(comments))?.pages[0];
      if (p) stream.setFocus(p, { keyboard: false });
      all.comment?.(new KeyboardEvent("keydown"));
    } else if (fold) stream.toggleFold(Number(fold));
  });
  stream.scroller.addEventListener("dblclick", (event) => {
    if (config.mayEdit && event.target instanceof Element && event.target.closest(".band-head .title")) {
      all.describe?.(new KeyboardEvent("keydown"));
    }
  });
  stream.scroller.addEventListener("pointerdown", (event) => {
    const head = event.target instanceof Element ? event.target.closest(".band-head") : null;
    const first = head instanceof HTMLElement ? model.groups.get(Number(head.dataset.group))?.pages[0] : undefined;
    if (first && !(event.target instanceof Element && event.target.closest("button"))) {
      stream.setFocus(first, { keyboard: false });
    }
  });
  stream.scroller.addEventListener("contextmenu", (event) => {
    const p = pageUnder(event.target);
    if (!p) return;
    event.preventDefault();
    if (!selection.has(p)) selection.only(p);
    stream.setFocus(p, { keyboard: false });
    pageMenu(acts, config, keyboard, all, event.clientX, event.clientY);
  });
  keyboard.dress(all);
}

/**
 * @param {Outbox} outbox
 * @param {Acts} acts
 * @param {Detail} detail
 * @param {Describe} view
 */
function news(outbox, acts, detail, view) {
  outbox.addEventListener("done", (event) => {
    const { command, data } = /** @type {CustomEvent} */ (event).detail;
    const undoable = command.verb !== "undo" && command.verb !== "redo";
    if (view.isOpen) {
      view.tell(data.message ?? "", undoable ? data.edit?.sequence : undefined);
      return;
    }
    const back = command.verb === "undo"
      ? { action: _("Redo"), act: () => acts.redo() }
      : { action: _("Undo"), act: () => acts.undo(undoable ? data.edit?.sequence : undefined) };
    if (data.message) toasts.show(data.message, { ...back, done: true });
    if (detail.isOpen) void detail.refresh();
    else if (data.focus && !undoable) acts.stream.setFocus(data.focus);
  });
  outbox.addEventListener("refused", (event) => {
    const { command, data } = /** @type {CustomEvent} */ (event).detail;
    if (comeBack(acts, config, view, command, data.message ?? _("This was not saved."))) return;
    toasts.show(data.message ?? _("This was not saved."), { tone: "problem" });
  });
  outbox.addEventListener("others", (event) => {
    for (const act of /** @type {CustomEvent} */ (event).detail.acts ?? []) {
      if (!act.mine) toasts.show(`${act.who}: ${act.summary}`);
    }
    const { closed } = /** @type {CustomEvent} */ (event).detail;
    // Permissions have changed since the page was loaded; the place and typed text are kept.
    if (closed !== undefined && closed !== config.closed) return location.reload();
    const here = /** @type {CustomEvent} */ (event).detail.here ?? [];
    showPeople(here, (p) => acts.stream.setFocus(p), (words) => toasts.announce(words));
  });
  tellSaving(outbox, config);
}
