/** Placeholders for scans that aren't loaded yet; `clustering/engine/placeholders.py` explains the letters. */

const SPOTS = 8;
const COLORS = 16;
const HEADERS = 14 + 40;

/**
 * The placeholder as a bitmap of 16 colors, which the browser blurs by enlarging it. Its packed spots are the rows
 * of such a bitmap.
 * @param {string} letters
 * @returns {string} an address for `url()`
 */
export function placeholderAddress(letters) {
  const codes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  const [from, to, spots] = [codes.subarray(0, 3), codes.subarray(3, 6), codes.subarray(6)];
  const rowBytes = SPOTS / 2;
  const start = HEADERS + 4 * COLORS;
  const bytes = new Uint8Array(start + spots.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]); // "BM"
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, SPOTS, true);
  view.setInt32(22, -SPOTS, true); // negative: rows from top to bottom
  view.setUint16(26, 1, true);
  view.setUint16(28, 4, true); // bits per spot
  view.setUint32(34, SPOTS * rowBytes, true);
  for (let step = 0; step < COLORS; step++) {
    for (const [place, color] of [2, 1, 0].entries()) {
      bytes[HEADERS + 4 * step + place] = (from[color] ?? 0) + ((to[color] ?? 0) - (from[color] ?? 0)) * (step / (COLORS - 1));
    }
  }
  bytes.set(spots, start);
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...bytes))}`;
}
