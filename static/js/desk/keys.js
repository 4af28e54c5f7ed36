/** Find the command for a key press in the registry from the server. */

import { _, mirrored } from "../i18n.js";

/** @typedef {import("./records.js").Key} Key */

/** Keys that only scroll if the focused element can be scrolled. */
const SCROLLS = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Space", "Shift+Space"];

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/**
 * Return a key press as the registry writes it: Mod+Shift+z. Characters such as ? are written as themselves.
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function combination(event) {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  let key = event.key === " " ? "Space" : mirrored(event.key);
  const isLetter = /^\p{L}$/u.test(key);
  if (isLetter) key = key.toLowerCase();
  const parts = [];
  if (mod) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push("Shift");
  return [...parts, key].join("+");
}

/** @param {EventTarget | null} target @returns {boolean} whether keys belong to the field that has the focus */
export function isTyping(target) {
  if (!(target instanceof HTMLElement) || target.matches("input[type=checkbox], input[type=radio]")) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/**
 * @param {string} written
 * @returns {string} as a person reads it
 */
export function spoken(written) {
  /** @type {Record<string, string>} */
  const names = {
    Mod: isMac ? "⌘" : _("Ctrl"), Shift: isMac ? "⇧" : _("Shift"), ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑",
    ArrowDown: "↓", Escape: _("Esc"), Enter: _("Enter"), Space: _("Space"), Delete: _("Delete"), Home: _("Home"), End: _("End"), Tab: _("Tab"), PageUp: _("PageUp"), PageDown: _("PageDown"),
  };
  const parts = written === "+" ? ["+"] : written.split("+");
  return parts.map((part) => names[mirrored(part)] ?? (part.length === 1 ? part.toUpperCase() : part)).join(isMac ? "" : "+");
}

/**
 * @param {{whyNot: string}} config
 * @param {(why: string) => void} say
 * @returns {(() => void) | undefined} what says why nothing can be changed here; undefined where it can
 */
export function refusing({ whyNot }, say) {
  return whyNot ? () => say(whyNot) : undefined;
}

/** Layers of keys: a dialog or an open page hides the keys of the stream below it. */
export class Keyboard {
  /**
   * @param {Key[]} registry
   * @param {() => void} [refuse]  says why nothing can be changed here, where a key would that has no command
   */
  constructor(registry, refuse) {
    this.registry = registry;
    this.refuse = refuse;
    /** @type {{scopes: string[], commands: Record<string, (event: KeyboardEvent) => void>}[]} */
    this.layers = [];
    /** Whether a command has something to do now. @type {(id: string) => boolean} */
    this.applies = () => true;
    document.addEventListener("keydown", (event) => this.handle(event));
  }

  /**
   * @param {string | string[]} scope  of several, the first that has the key answers it
   * @param {Record<string, (event: KeyboardEvent) => void>} commands  by id
   * @returns {() => void} takes the layer away
   */
  push(scope, commands) {
    const layer = { scopes: [scope].flat(), commands };
    this.layers.push(layer);
    return () => {
      this.layers = this.layers.filter((other) => other !== layer);
    };
  }

  /** @param {string} scope @returns {Record<string, (event: KeyboardEvent) => void>} of its highest layer */
  commandsOf(scope) {
    return this.layers.findLast((layer) => layer.scopes[0] === scope)?.commands ?? {};
  }

  /** @param {string} id @returns {string} the first key of a command, as read by a person */
  hint(id) {
    const first = this.registry.find((key) => key.id === id)?.keys[0];
    return first ? spoken(first) : "";
  }

  /** @param {string} id @returns {string} the same in brackets after a word, nothing where it is switched off */
  inBrackets(id) {
    const hint = this.hint(id);
    return hint && ` (${hint})`;
  }

  /** @param {KeyboardEvent} event @param {string} scope @returns {string} the command of this press there, also in a field; "" for none */
  meant(event, scope) {
    const pressed = combination(event);
    return this.registry.find((key) => key.scope === scope && key.keys.includes(pressed))?.id ?? "";
  }

  /** @returns {{label: string, key: string, run: () => void}[]} what the keys would do now, the highest layer first */
  offered() {
    const layer = this.layers.at(-1);
    return this.registry.flatMap(({ id, keys, label, scope }) => {
      const run = scope === "everywhere" ? this.everywhere(id) : layer?.scopes.includes(scope) ? layer.commands[id] : undefined;
      if (!run || !this.applies(id)) return [];
      return [{ label, key: keys[0] ? spoken(keys[0]) : "", run: () => run(new KeyboardEvent("keydown")) }];
    });
  }

  /** @param {string} id @returns {((event: KeyboardEvent) => void) | undefined} of the highest layer that has it */
  everywhere(id) {
    return this.layers.findLast((layer) => layer.commands[id])?.commands[id];
  }

  /**
   * Let buttons do what their keys do, and show each key as this person and operating system have it.
   * @param {Record<string, (event: KeyboardEvent) => void>} commands  by id
   */
  dress(commands) {
    for (const button of document.querySelectorAll("[data-command]")) {
      if (!(button instanceof HTMLElement)) continue;
      const id = button.dataset.command ?? "";
      const label = this.registry.find((key) => key.id === id)?.label ?? "";
      if (label) button.title = label + this.inBrackets(id);
      button.addEventListener("click", () => commands[id]?.(new KeyboardEvent("keydown")));
    }
    for (const sign of document.querySelectorAll("kbd[data-key]")) {
      if (sign instanceof HTMLElement) sign.textContent = this.hint(sign.dataset.key ?? "");
    }
  }

  /** @param {KeyboardEvent} event */
  handle(event) {
    const layer = this.layers.at(-1);
    if (!layer || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog:modal:not([data-layer])")) return;
    if (isTyping(event.target)) return;
    const pressed = combination(event);
    // Enter and Space press the focused button.
    const target = event.target;
    if (target instanceof HTMLElement && target.matches("input[type=radio]") && event.key.startsWith("Arrow")) return; // they choose there
    if ((pressed === "Enter" || pressed === "Space") && target instanceof HTMLElement && target.closest("button, a, summary, input")) {
      return;
    }
    if (target instanceof HTMLElement && target.matches("[data-scrolls]") && SCROLLS.includes(pressed)) return;
    const meant = this.registry.filter((key) => key.keys.includes(pressed));
    for (const scope of [...layer.scopes, "everywhere"]) {
      for (const key of meant) {
        const command = key.scope === scope && (scope === "everywhere" ? this.everywhere(key.id) : layer.commands[key.id]);
        if (!command) continue;
        event.preventDefault();
        command(event);
        return;
      }
    }
    if (!this.refuse || !meant.some(({ edits, scope }) => edits && [...layer.scopes, "everywhere"].includes(scope))) return;
    event.preventDefault();
    this.refuse();
  }
}
