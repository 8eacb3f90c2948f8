/**
 * Opens the zip archives among a folder's files. An archive is read by random access and each photo unpacked when its
 * turn comes, so nothing but that photo is in memory.
 */
import { HEAD, kindOf, reasonOf } from "./kinds.js";
import { messageOf } from "../../shared/protocol.js";
import { zipLibrary } from "./zip_library.js";

/**
 * A file of a folder: as it lies there, or packed in an archive.
 * @typedef {object} Source
 * @property {string} path
 * @property {number} size in bytes
 * @property {number} [modified] when it was changed last, in milliseconds since 1970
 * @property {number} [crc] the CRC-32 of its content, as its archive has it
 * @property {string} [refused] why it is not read
 * @property {Blob} [blob]
 * @property {(most?: number) => Promise<Blob>} [unpack] gives all of it, or so many bytes of its beginning
 */

/** A photo of more bytes is none: 16,384 pixels a side take less as a JPEG. */
const LARGEST_FILE = 128e6;
/** More files are a bomb, or a mistake. */
const MOST_FILES = 200_000;
/** Photos hardly get smaller in an archive; what unpacks to so many times its size, and more than this, is a bomb. */
const RATIO = 100;
const HARMLESS = 16e6;
const FOLDER = "it is a folder, not a photo";
/** The first four bytes of an archive, with files and without. */
const MAGIC = [0x04034b50, 0x06054b50];

/**
 * Every file of the folder, with those of its archives in folders that are called as the archives are. Archives in
 * archives stay closed.
 * @param {import("../../shared/types.js").Entry[]} entries
 * @param {AbortSignal} signal
 * @param {(path: string) => boolean} [closed] whether an archive at this path stays closed
 * @returns {Promise<Source[]>}
 */
export async function openArchives(entries, signal, closed = () => false) {
  /** @type {Source[]} */
  const files = [];
  for (const { path, blob } of entries) {
    signal.throwIfAborted();
    if (path.endsWith("/")) files.push({ path, size: 0, refused: FOLDER });
    else if (!closed(path) && (await isArchive(path, blob))) files.push(...(await filesOf(path, blob, signal)));
    else files.push({ path, size: blob.size, modified: blob instanceof File ? blob.lastModified : undefined, blob });
  }
  return files;
}

/**
 * @param {Source} source
 * @returns {Promise<Blob>} its bytes
 */
export function contentOf({ blob, unpack, path }) {
  if (blob) return Promise.resolve(blob);
  return unpack ? unpack() : Promise.reject(new Error(`${path} has no content`));
}

/**
 * By its name; a file whose name has no ending is looked into.
 * @param {string} path
 * @param {Blob} blob
 */
async function isArchive(path, blob) {
  if (/\.zip$/i.test(path)) return true;
  return !/\.[^/\\]*$/.test(path) && isZip(await headOf(blob));
}

/** @param {Uint8Array} head */
function isZip(head) {
  return head.length > 3 && MAGIC.includes(new DataView(head.buffer, head.byteOffset).getUint32(0, true));
}

/**
 * @param {string} path of the archive
 * @param {Blob} blob
 * @param {AbortSignal} signal
 * @returns {Promise<Source[]>}
 */
async function filesOf(path, blob, signal) {
  const { BlobReader, ZipReader } = await zipLibrary();
  /** @type {Source[]} */
  const files = [];
  const refuse = (/** @type {string} */ name, /** @type {string} */ refused) =>
    files.push({ path: name ? `${path}/${name}` : path, size: 0, refused });
  const folder = path.replace(/\.zip$/i, "");
  /** @type {import("@zip.js/zip.js").Entry[]} */
  const entries = [];
  let ended = "";
  try {
    // Names that lead out of the archive are told one by one.
    const reader = new ZipReader(new BlobReader(blob), { filenameValidation: "tolerant" });
    for await (const entry of reader.getEntriesGenerator()) {
      signal.throwIfAborted();
      if (entries.length >= MOST_FILES) {
        ended = `an archive of more than ${MOST_FILES.toLocaleString("en")} files is not read to its end`;
        break;
      }
      entries.push(entry);
    }
  } catch (error) {
    signal.throwIfAborted();
    const head = await headOf(blob);
    // What is another kind of archive, or none, is told as that.
    const kind = entries.length || isZip(head) ? null : kindOf(head);
    ended = kind ? reasonOf(kind) : `the archive cannot be read (${messageOf(error)})`;
  }
  const names = await namesOf(entries);
  let total = 0;
  for (const [nth, entry] of entries.entries()) {
    const name = names[nth];
    const { uncompressedSize: size, compressedSize } = entry;
    // PowerShell ends folders' names as Windows does.
    if (entry.directory || (!size && name.endsWith("\\"))) {
      if (/\.(jpe?g|png|gif|bmp|webp)[/\\]$/i.test(name)) refuse(name, FOLDER);
    } else if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(name)) refuse(name, "its name leads out of the archive");
    else if (/\.zip$/i.test(name)) refuse(name, "an archive in an archive is not opened: unpack it first");
    else if (entry.encrypted) refuse(name, "it is encrypted: unpack the archive with its password first");
    else if (size > LARGEST_FILE) refuse(name, `it unpacks to ${megabytes(size)}, and a photo has 128 MB at most`);
    else if (size > HARMLESS && size > compressedSize * RATIO)
      refuse(name, `it unpacks to ${RATIO} times its size and more, as no photo does`);
    else {
      total += size;
      const { crc32: crc, lastModDate } = entry;
      const unpack = (/** @type {number | undefined} */ most) => unpacked(entry, most);
      files.push({ path: `${folder}/${name}`, size, modified: Number(lastModDate), crc, unpack });
    }
  }
  if (ended) refuse("", ended);
  // Many files may share the same packed bytes.
  if (total > 10 * HARMLESS && total > blob.size * RATIO)
    return [{ path, size: 0, refused: `its files unpack to ${megabytes(total)}, ${RATIO} times its size and more` }];
  return files;
}

/**
 * The first bytes of a file; none where it cannot be read, as whoever reads it next will tell.
 * @param {Blob} blob
 */
async function headOf(blob) {
  const head = await blob.slice(0, HEAD).arrayBuffer().catch(() => new ArrayBuffer(0));
  return new Uint8Array(head);
}

/**
 * The names of an archive's files. Those that are not UTF-8 are read together: alone they are too short to tell how.
 * @param {import("@zip.js/zip.js").Entry[]} entries
 * @returns {Promise<string[]>}
 */
async function namesOf(entries) {
  const names = entries.map(({ filename }) => filename);
  const legacy = entries.flatMap((entry, nth) => (isLegacy(entry) ? [{ nth, entry }] : []));
  if (legacy.length) {
    const { textOf } = await import("./legacy_text.js");
    const raw = legacy.map(({ entry }) => entry.rawFilename);
    const texts = await textOf(raw, { madeBy: legacy[0].entry.versionMadeBy >> 8 });
    for (const [at, { nth }] of legacy.entries()) names[nth] = texts[at];
  }
  return names;
}

/** @param {import("@zip.js/zip.js").Entry} entry */
function isLegacy({ filenameUTF8, rawFilename }) {
  return !filenameUTF8 && rawFilename.some((byte) => byte > 127);
}

/**
 * Unpacks one file; it may not be longer than it says.
 * @param {import("@zip.js/zip.js").FileEntry} entry
 * @param {number} [most] bytes that are wanted of it
 * @returns {Promise<Blob>}
 */
async function unpacked(entry, most = Infinity) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let left = entry.uncompressedSize;
  let wanted = most;
  const writable = new WritableStream({
    write(part) {
      left -= part.length;
      if (left < 0) throw new Error("it is longer than the archive says");
      parts.push(part.slice());
      wanted -= part.length;
      if (wanted <= 0) throw new Error("enough was read");
    },
  });
  try {
    await entry.getData(writable, { checkCrc32: most === Infinity });
  } catch (error) {
    if (left >= 0 && wanted <= 0) return new Blob(parts).slice(0, most);
    if (left < 0) throw error;
    throw new Error(`it cannot be unpacked: ${messageOf(error)}`, { cause: error });
  }
  return new Blob(parts);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}
