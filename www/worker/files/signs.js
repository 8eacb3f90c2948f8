/**
 * Signs of files' contents, by which a photo that is kept is known again: path, size and date may be those of another
 * file, as in two data sets that were unpacked with the same names. A file in an archive has its CRC-32, and of others
 * the middle is looked at, where photos of any format are told apart the best: one read costs a browser 0.7 ms, however
 * little is read. Of small files, and of those without a date, all bytes are.
 */

/** Bytes that are looked at. */
const PART = 16_384;

/**
 * @param {number} size of a file
 * @param {boolean} dated
 * @returns {[number, number]} where the part that is looked at begins and ends
 */
function part(size, dated) {
  if (size <= PART || !dated) return [0, size];
  const from = Math.floor((size - PART) / 2);
  return [from, from + PART];
}

/**
 * @param {Uint8Array} bytes a whole file
 * @param {boolean} dated
 * @returns {Uint8Array}
 */
export function signOf(bytes, dated) {
  return sumOf(bytes.subarray(...part(bytes.length, dated)));
}

/** @param {number} crc of a file in an archive */
export function signOfCrc(crc) {
  return new Uint8Array(new Uint32Array([crc]).buffer);
}

/**
 * @param {import("./archives.js").Source[]} files
 * @returns {Promise<(Uint8Array | null)[]>} null where one cannot be read
 */
export async function signsOf(files) {
  const isSmall = (/** @type {import("./archives.js").Source} */ { crc, modified }) => crc === undefined && modified !== undefined;
  const together = await readSigns(files.filter(isSmall));
  const signs = [];
  for (const file of files) {
    if (file.crc !== undefined) signs.push(signOfCrc(file.crc));
    // Those that are read whole may be large.
    else signs.push((isSmall(file) ? together : await readSigns([file])).shift() ?? null);
  }
  return signs;
}

/**
 * Reads the parts of all files as if they were one, since to begin reading costs a browser the most.
 * @param {import("./archives.js").Source[]} files
 * @returns {Promise<(Uint8Array | null)[]>}
 */
async function readSigns(files) {
  const parts = files.map(({ blob = new Blob(), size, modified }) => blob.slice(...part(size, modified !== undefined)));
  const whole = await new Blob(parts).arrayBuffer().catch(() => null);
  if (whole?.byteLength !== parts.reduce((sum, { size }) => sum + size, 0))
    return files.length > 1 ? Promise.all(files.map(async (file) => (await readSigns([file]))[0])) : [null];
  let from = 0;
  return parts.map(({ size }) => {
    from += size;
    return sumOf(new Uint8Array(whole, from - size, size));
  });
}

/**
 * Two sums of 32 bits as in FNV-1a, with other starts and factors, over words of four bytes.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
function sumOf(bytes) {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  let [one, other] = [0x811c9dc5, 0x9e3779b9];
  for (const word of new Int32Array(padded.buffer)) {
    one = Math.imul(one ^ word, 0x01000193);
    one ^= one >>> 15;
    other = Math.imul(other ^ word, 0x85ebca6b) ^ (other >>> 13);
  }
  return new Uint8Array(new Int32Array([one, other]).buffer);
}
