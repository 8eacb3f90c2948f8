/**
 * Opens the zip archives among a folder's files. An archive is read by random access and each photo unpacked when its
 * turn comes, so nothing but that photo is in memory.
 */
import { messageOf } from "./protocol.js";

/**
 * A file of a folder: as it lies there, or packed in an archive.
 * @typedef {object} Source
 * @property {string} path
 * @property {number} size in bytes
 * @property {number} [modified] when it was changed last, in milliseconds since 1970
 * @property {string} [refused] why it is not read
 * @property {Blob} [blob]
 * @property {() => Promise<Blob>} [unpack]
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
 * @param {import("./types.js").Entry[]} entries
 * @param {AbortSignal} signal
 * @returns {Promise<Source[]>}
 */
export async function openArchives(entries, signal) {
  /** @type {Source[]} */
  const files = [];
  for (const { path, blob } of entries) {
    signal.throwIfAborted();
    if (path.endsWith("/")) files.push({ path, size: 0, refused: FOLDER });
    else if (await isArchive(path, blob)) files.push(...(await filesOf(path, blob, signal)));
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
  if (/\.[^/\\]*$/.test(path) || blob.size < 4) return false;
  try {
    return MAGIC.includes(new DataView(await blob.slice(0, 4).arrayBuffer()).getUint32(0, true));
  } catch {
    // Whoever reads it next tells why it cannot be.
    return false;
  }
}

/**
 * @param {string} path of the archive
 * @param {Blob} blob
 * @param {AbortSignal} signal
 * @returns {Promise<Source[]>}
 */
async function filesOf(path, blob, signal) {
  const { BlobReader, ZipReader, configure } = await library();
  configure({ useWebWorkers: false });
  /** @type {Source[]} */
  const files = [];
  const refuse = (/** @type {string} */ name, /** @type {string} */ refused) =>
    files.push({ path: name ? `${path}/${name}` : path, size: 0, refused });
  const folder = path.replace(/\.zip$/i, "");
  let total = 0;
  try {
    // Names that lead out of the archive are told one by one.
    const reader = new ZipReader(new BlobReader(blob), { filenameValidation: "tolerant", decodeText });
    for await (const entry of reader.getEntriesGenerator()) {
      signal.throwIfAborted();
      const { filename: name, uncompressedSize: size, compressedSize } = entry;
      if (files.length >= MOST_FILES) {
        refuse("", `an archive of more than ${MOST_FILES.toLocaleString("en")} files is not read to its end`);
        break;
      }
      if (entry.directory) {
        if (/\.(jpe?g|png|gif|bmp|webp)\/$/i.test(name)) refuse(name, FOLDER);
      } else if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(name)) refuse(name, "its name leads out of the archive");
      else if (/\.zip$/i.test(name)) refuse(name, "an archive in an archive is not opened: unpack it first");
      else if (entry.encrypted) refuse(name, "it is encrypted: unpack the archive with its password first");
      else if (size > LARGEST_FILE) refuse(name, `it unpacks to ${megabytes(size)}, and a photo has 128 MB at most`);
      else if (size > HARMLESS && size > compressedSize * RATIO)
        refuse(name, `it unpacks to ${RATIO} times its size and more, as no photo does`);
      else {
        total += size;
        files.push({ path: `${folder}/${name}`, size, modified: Number(entry.lastModDate), unpack: () => unpacked(entry) });
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    refuse("", `the archive cannot be read (${messageOf(error)})`);
  }
  // Many files may share the same packed bytes.
  if (total > 10 * HARMLESS && total > blob.size * RATIO)
    return [{ path, size: 0, refused: `its files unpack to ${megabytes(total)}, ${RATIO} times its size and more` }];
  return files;
}

/**
 * Unpacks one file; it may not be longer than it says.
 * @param {import("@zip.js/zip.js").FileEntry} entry
 * @returns {Promise<Blob>}
 */
async function unpacked(entry) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let left = entry.uncompressedSize;
  const writable = new WritableStream({
    write(part) {
      left -= part.length;
      if (left < 0) throw new Error("it is longer than the archive says");
      parts.push(part.slice());
    },
  });
  try {
    await entry.getData(writable, { checkCrc32: true });
  } catch (error) {
    if (left < 0) throw error;
    throw new Error(`it cannot be unpacked: ${messageOf(error)}`, { cause: error });
  }
  return new Blob(parts);
}

/**
 * A name that is not UTF-8 was written by Korean Windows, or else is left to the library.
 * @param {Uint8Array} bytes
 * @param {string} encoding
 * @returns {string | undefined}
 */
function decodeText(bytes, encoding) {
  if (/utf-?8/i.test(encoding)) return undefined;
  try {
    return new TextDecoder("euc-kr", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Loaded with the first archive. */
async function library() {
  // @ts-expect-error: Trunk puts it there
  const zip = await import("../vendor/index-native.min.js");
  return /** @type {typeof import("@zip.js/zip.js")} */ (zip);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}
