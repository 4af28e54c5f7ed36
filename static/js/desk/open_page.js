/** Keys for an open page over the stream. */

/** @typedef {import("./acts.js").Acts} Acts */
/** @typedef {import("./detail.js").Detail} Detail */

/** Keys of the stream that also act on an open page, whatever is selected behind it. */
const WITH_A_PAGE_OPEN = [
  "split", "merge", "new-group", "move-to", "earlier", "later", "confirm", "unconfirm", "flag", "comment", "rotate", "rotate-back", "restrict", "doubt-next",
  "doubt-previous", "go-to",
];

/**
 * @param {Acts} acts
 * @param {Detail} detail
 * @param {Record<string, (event: KeyboardEvent) => void>} run  the stream's commands
 * @param {boolean} mayEdit
 * @returns {Record<string, (event: KeyboardEvent) => void>}
 */
export function actsOfOpenPage(acts, detail, run, mayEdit) {
  const { stream, selection } = acts;
  /** @param {(event: KeyboardEvent) => void} command @returns {(event: KeyboardEvent) => void} */
  const here = (command) => (event) => {
    const selected = selection.list();
    stream.focus = detail.at;
    selection.set([]);
    command(event);
    selection.set(selected);
    if (stream.focus !== detail.at) detail.goTo(stream.focus);
  };
  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const mine = {};
  for (const id of WITH_A_PAGE_OPEN) {
    const command = run[id];
    if (command) mine[id] = here(command);
  }
  if (!mayEdit) return mine;
  /** @param {boolean} apart */
  const answer = (apart) => here(() => {
    if (detail.dialog.dataset.mode !== "seam") return apart ? run.split?.(new KeyboardEvent("keydown")) : undefined;
    acts.answer(detail.at, apart);
    const next = acts.nextDoubt(1);
    if (next) stream.focus = next;
  });
  return { ...mine, same: answer(false), different: answer(true) };
}
