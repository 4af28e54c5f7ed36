/** Which commands apply to a page, for its menu and for the command palette. */

/**
 * @param {import("./acts.js").Acts} acts
 * @param {number} p
 * @returns {Record<string, boolean>} by id of the command; what is not named always applies
 */
export function applying(acts, p) {
  const { model, stream } = acts;
  const group = model.groupAt(p);
  const pages = acts.pages();
  const before = Boolean(model.before(p));
  const chosen = new Set(pages.map((q) => model.at[q]).filter(Boolean));
  const inMany = Boolean(group && group.pages.length > 1);
  const isConfirmed = group?.state === "confirmed";
  return {
    compare: before, why: before, split: before && group !== undefined,
    merge: group !== undefined && model.placeOf(group) > 1, "merge-selected": chosen.size > 1,
    "new-group": !group || pages.length !== group.pages.length || chosen.size > 1,
    "move-to": model.groups.size > 0, paste: acts.cutPages.size > 0, earlier: inMany, later: inMany,
    confirm: group !== undefined && !isConfirmed, unconfirm: isConfirmed, describe: group !== undefined, flag: group !== undefined,
    comment: group !== undefined,
    "confirm-selected": acts.selection.size > 0, fold: group !== undefined && stream.mayFold(group.id),
  };
}
