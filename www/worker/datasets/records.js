/**
 * What is kept of a dataset beside its pixels: its description, and its record once it is whole. There are two files for
 * it that take turns: what is new goes over the older one, and what counts is the newest that is whole. So a full disk,
 * or a tab that is closed in the midst, leaves what was there before. Renaming would not do: it is refused by some
 * browsers where there is a file of that name.
 *
 * A file is the SHA-256 of all that follows it; the length of the description, a little-endian u32; the description with
 * the number of its turn, as JSON; the record.
 */

/** @typedef {import("../../shared/types.js").Kept} Kept */
/** @typedef {{ turn: number, nth: number, kept: Kept, record: Uint8Array<ArrayBuffer> }} Whole what a file holds, and which one it is */

const DIGEST = 32;
const HEAD = DIGEST + 4;
const NAME = /^(.+)\.record-([01])$/;

/**
 * @param {string} id
 * @param {number} nth
 */
const nameOf = (id, nth) => `${id}.record-${nth}`;

/**
 * Writes the description and the record of a dataset. Where that fails those before still count.
 * @param {FileSystemDirectoryHandle} root
 * @param {Kept} kept
 * @param {Uint8Array<ArrayBuffer>} [record]
 */
export async function put(root, kept, record = new Uint8Array()) {
  const before = await newest(root, kept.id);
  const description = new TextEncoder().encode(JSON.stringify({ turn: (before?.turn ?? 0) + 1, kept }));
  const bytes = new Uint8Array(HEAD + description.length + record.length);
  new DataView(bytes.buffer).setUint32(DIGEST, description.length, true);
  bytes.set(description, HEAD);
  bytes.set(record, HEAD + description.length);
  bytes.set(await digestOf(bytes.subarray(DIGEST)));
  const file = await root.getFileHandle(nameOf(kept.id, before ? 1 - before.nth : 0), { create: true });
  const access = await file.createSyncAccessHandle();
  try {
    // eslint-disable-next-line no-restricted-syntax -- a file, not a document
    const written = access.write(bytes, { at: 0 });
    // Chromium gives the number of an error where the disk is full.
    if (written !== bytes.length) throw new Error("the disk is full, or this browser gives no more room");
    access.truncate(bytes.length);
    access.flush();
  } catch (error) {
    access.truncate(0);
    throw error;
  } finally {
    access.close();
  }
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} id
 * @returns {Promise<Whole | null>} null where nothing is whole
 */
export async function newest(root, id) {
  const [one, other] = await Promise.all([0, 1].map((nth) => read(root, id, nth).catch(() => null)));
  return later(one, other);
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @returns {Promise<{ whole: Whole[], damaged: string[] }>} the newest of each dataset, and the names of files that are not whole
 */
export async function all(root) {
  /** @type {Map<string, Whole>} */
  const whole = new Map();
  /** @type {string[]} */
  const damaged = [];
  for await (const name of root.keys()) {
    const [, id, nth] = NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const found = await read(root, id, Number(nth)).catch(() => undefined);
    const best = later(whole.get(id) ?? null, found ?? null);
    if (best) whole.set(id, best);
    // What cannot be read just now may well be whole.
    if (found === null) damaged.push(name);
  }
  return { whole: [...whole.values()], damaged };
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} id
 */
export async function remove(root, id) {
  for (const nth of [0, 1]) await root.removeEntry(nameOf(id, nth)).catch(() => {});
}

/**
 * @param {Whole | null} one
 * @param {Whole | null} other
 */
function later(one, other) {
  return !one || (other && other.turn > one.turn) ? other : one;
}

/**
 * @param {FileSystemDirectoryHandle} root
 * @param {string} id
 * @param {number} nth
 * @returns {Promise<Whole | null>} null where the file is not whole; an error where it is not there, or being written
 */
async function read(root, id, nth) {
  const file = await (await root.getFileHandle(nameOf(id, nth))).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = await digestOf(bytes.subarray(DIGEST));
  if (!digest.every((byte, at) => byte === bytes[at])) return null;
  const end = HEAD + new DataView(bytes.buffer).getUint32(DIGEST, true);
  const { turn, kept } = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, end)));
  return { turn, nth, kept, record: bytes.slice(end) };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function digestOf(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
