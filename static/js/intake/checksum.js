/** CRC-32 of files, piece by piece: enough to notice another file, and there are browsers without digests. */

const PIECE_BYTES = 1 << 22;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * @param {Blob} content
 * @returns {Promise<string>} eight hexadecimal digits, as zlib has them
 */
export async function crc32Of(content) {
  let rest = 0xffffffff;
  for (let start = 0; start < content.size; start += PIECE_BYTES) {
    const piece = new Uint8Array(await content.slice(start, start + PIECE_BYTES).arrayBuffer());
    for (const byte of piece) rest = (rest >>> 8) ^ /** @type {number} */ (TABLE[(rest ^ byte) & 0xff]);
  }
  return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
