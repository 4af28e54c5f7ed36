/** Updates of the queue's places with the server's changes. */

/** @typedef {import("./pair.js").Leaf} Leaf */
/** @typedef {{left: Leaf, right: Leaf, percent: number, joined: boolean, groups: Record<string, number>}} Seam */
/** @typedef {{verb: string, body: any}} Act */

/** @param {Seam | null | undefined} seam */
export const placeOf = (seam) => seam?.left.position ?? 0;

/**
 * Rotations of pages: the server's, plus rotations that aren't saved yet.
 * @param {Seam[]} seams
 * @param {[number, number][]} shown  position and degrees clockwise
 * @param {Act[]} pending  what the server does not have yet
 */
export function rotateAgain(seams, shown, pending) {
  const rotations = new Map(shown);
  for (const { verb, body } of pending) {
    if (verb === "rotate") for (const p of body.pages) if (rotations.has(p)) rotations.set(p, ((rotations.get(p) ?? 0) + body.by) % 360);
  }
  for (const seam of seams) {
    for (const leaf of [seam.left, seam.right]) leaf.rotation = rotations.get(leaf.position) ?? leaf.rotation;
  }
}

/** Take back a rotation that the server does not have. @param {Seam[]} seams @param {Act} act */
export function rotateBack(seams, { verb, body }) {
  if (verb !== "rotate") return;
  for (const seam of seams) {
    for (const leaf of [seam.left, seam.right]) if (body.pages.includes(leaf.position)) leaf.rotation = (leaf.rotation + 360 - body.by) % 360;
  }
}

/**
 * Update places after an answer, which gives groups new versions and may move pages to other groups.
 * @param {Seam[]} seams
 * @param {import("./wire.js").GroupRow[]} rows
 */
export function regroup(seams, rows) {
  /** @type {Map<number, [number, number]>} group and version by position */
  const now = new Map();
  for (const row of rows) {
    for (const [low, high] of row.spans) for (let p = low; p <= high; p++) now.set(p, [row.id, row.version]);
  }
  for (const seam of seams) {
    if (!now.has(seam.left.position) && !now.has(seam.right.position)) continue;
    /** @type {Record<string, number>} */
    const groups = {};
    for (const leaf of [seam.left, seam.right]) {
      const [id, fresh] = now.get(leaf.position) ?? [leaf.group, seam.groups[leaf.group] ?? 0];
      leaf.group = id;
      groups[id] = fresh;
    }
    seam.groups = groups;
  }
}
