/**
 * Signs of files' contents, by which a photo that is kept is known again: path, size and date may be those of another
 * file, as in two data sets that were unpacked with the same names. A file in an archive has its CRC-32, and of others
 * the beginning, the middle and the end are looked at; of small ones, and of those without a date, all bytes.
 */

/** Bytes of each of the three parts that are looked at. */
const PART = 1024;

/**
 * @param {number} size of a file
 * @param {boolean} dated
 * @returns {[number, number][]} where each part begins and ends
 */
function parts(size, dated) {
  if (size <= 3 * PART || !dated) return [[0, size]];
  const middle = Math.floor((size - PART) / 2);
  return [0, middle, size - PART].map((from) => [from, from + PART]);
}

/**
 * @param {Uint8Array} bytes a whole file
 * @param {boolean} dated
 * @returns {Uint8Array}
 */
export function signOf(bytes, dated) {
  const sum = new Sum();
  for (const [from, to] of parts(bytes.length, dated)) sum.add(bytes, from, to);
  return sum.bytes;
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
  const slices = files.map(({ blob = new Blob(), size, modified }) =>
    parts(size, modified !== undefined).map(([from, to]) => blob.slice(from, to)),
  );
  const length = slices.flat().reduce((sum, { size }) => sum + size, 0);
  const whole = await new Blob(slices.flat()).arrayBuffer().catch(() => null);
  if (whole?.byteLength !== length)
    return files.length > 1 ? Promise.all(files.map(async (file) => (await readSigns([file]))[0])) : [null];
  const bytes = new Uint8Array(whole);
  let from = 0;
  return slices.map((parts) => {
    const sum = new Sum();
    for (const { size } of parts) sum.add(bytes, from, (from += size));
    return sum.bytes;
  });
}

/** Two sums of 32 bits as in FNV-1a, with other starts and factors. */
class Sum {
  #one = 0x811c9dc5;
  #other = 0x9e3779b9;

  /**
   * @param {Uint8Array} bytes
   * @param {number} from
   * @param {number} to
   */
  add(bytes, from, to) {
    let [one, other] = [this.#one, this.#other];
    for (let at = from; at < to; at++) {
      one = Math.imul(one ^ bytes[at], 0x01000193);
      other = Math.imul(other ^ bytes[at], 0x85ebca6b) ^ (other >>> 13);
    }
    [this.#one, this.#other] = [one, other];
  }

  get bytes() {
    return new Uint8Array(new Uint32Array([this.#one, this.#other]).buffer);
  }
}
