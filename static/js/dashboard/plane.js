/** Positions of pages on the map, and which are near a point or inside a line. Pure. */

/**
 * A page on the map; x and y are in units of the drawing.
 * @typedef {{ position: number, x: number, y: number, group: number, pk: number, name: string, sha: string }} Place
 */

/** @typedef {{ x: number, y: number }} Point */

export const WIDTH = 1000;
export const HEIGHT = 640;
const MARGIN = 24;
const GRID = 10000;

/**
 * Fit the server's rows into the drawing, with the same scale on both axes.
 * @param {[number, number, number, number, number, string, string][]} rows
 * @returns {Place[]}
 */
export function placesOf(rows) {
  const xs = rows.map((row) => row[1]);
  const ys = rows.map((row) => row[2]);
  const [left, right] = ends(xs);
  const [top, bottom] = ends(ys);
  const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max(right - left, GRID / 50), (HEIGHT - 2 * MARGIN) / Math.max(bottom - top, GRID / 50));
  return rows.map(([position, x, y, group, pk, name, sha]) => ({
    position, group, pk, name, sha,
    x: WIDTH / 2 + (x - (left + right) / 2) * scale,
    y: HEIGHT / 2 - (y - (top + bottom) / 2) * scale,
  }));
}

/** @param {number[]} values @returns {[number, number]} */
function ends(values) {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/**
 * @param {Place[]} places
 * @param {Point} point
 * @param {number} [within]
 * @returns {Place | undefined}
 */
export function nearest(places, point, within = Infinity) {
  let best;
  let least = within;
  for (const place of places) {
    const distance = Math.hypot(place.x - point.x, place.y - point.y);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

/**
 * Find the nearest page in a direction. Distance to the side counts double; pages behind don't count.
 * @param {Place[]} places
 * @param {Place} from
 * @param {number} dx
 * @param {number} dy
 * @returns {Place | undefined}
 */
export function toward(places, from, dx, dy) {
  let best;
  let least = Infinity;
  for (const place of places) {
    if (place === from) continue;
    const ahead = (place.x - from.x) * dx + (place.y - from.y) * dy;
    const aside = Math.abs((place.x - from.x) * dy) + Math.abs((place.y - from.y) * dx);
    if (ahead <= 0 || aside > 2 * ahead) continue;
    if (ahead + 2 * aside < least) [best, least] = [place, ahead + 2 * aside];
  }
  return best;
}

/**
 * Whether a point lies within a closed line, by the even-odd rule.
 * @param {Point} point
 * @param {Point[]} line
 */
export function inside(point, line) {
  let within = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
    const a = line[i];
    const b = line[j];
    if (!a || !b || a.y > point.y === b.y > point.y) continue;
    if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}
