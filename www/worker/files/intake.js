/** Files on their way in, from a folder, an archive, a drop or the clipboard: which may be photos, and what the others are. */
import { is_photo, role as roleOfPath } from "../../../folders.js";
import { contentOf, openArchives } from "./archives.js";
import { browserMayDecode } from "./browser_decoding.js";
import { foldersReady } from "../wasm_files.js";
import { HEAD, kindOf, mayBePhoto, reasonOf } from "./kinds.js";

/** @typedef {import("./archives.js").Source} Source */

/** As the engine says of those that are named as photos. */
const EMPTY = "the file is empty (0 bytes): if it is still in a cloud, download it first";
/** Files that are looked into at a time. */
const AT_ONCE = 128;

/**
 * What a path tells of its file; "left" is what systems and programs leave, and of "unknown" ones the content tells.
 * @typedef {"photo" | "table" | "left" | "rejected" | "unknown"} Role
 */

/**
 * @param {string} path
 * @returns {Role}
 */
export const roleOf = (path) => roleOfPath(path.normalize("NFC"));

/**
 * Every file that came in, with those of archives. After this, what folders.js has can be called.
 * @param {import("../../shared/types.js").Entry[]} entries
 * @param {AbortSignal} signal
 * @param {(path: string) => Role} [role] what a path tells of its file
 */
export async function allFiles(entries, signal, role = roleOf) {
  await foldersReady();
  return openArchives(entries, signal, (path) => role(path) === "left");
}

/**
 * Looks into the files whose names do not tell what they are, and tells which are photos, and why others are none.
 * @param {Source[]} files
 * @param {import("../../shared/types.js").FolderContents} contents is told of them
 * @param {AbortSignal} signal
 */
export async function lookInto(files, contents, signal) {
  const unknown = [];
  for (const [index, { path, refused }] of files.entries()) {
    if (refused) contents.refuse(index, refused);
    else if (roleOf(path) === "unknown" && mayBePhoto(path)) unknown.push(index);
  }
  for (let from = 0; from < unknown.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = unknown.slice(from, from + AT_ONCE);
    const heads = await headsOf(some.map((index) => files[index]));
    for (const [nth, index] of some.entries()) {
      const head = heads[nth];
      if (head && !files[index].size) contents.refuse(index, EMPTY);
      if (!head?.length) continue;
      if (is_photo(head)) {
        contents.photo(index);
        continue;
      }
      const kind = kindOf(head, files[index].path);
      if (kind?.type && (await browserMayDecode(kind.type))) contents.photo(index);
      else if (kind) contents.refuse(index, reasonOf(kind));
    }
  }
}

/**
 * Reads the beginnings of files as if they were one, since to begin reading costs a browser the most.
 * @param {Source[]} files
 * @returns {Promise<(Uint8Array | null)[]>} null where one cannot be read
 */
async function headsOf(files) {
  const blobs = await Promise.all(files.map((file) => headOf(file).catch(() => new Blob())));
  const whole = await new Blob(blobs).arrayBuffer().catch(() => null);
  if (whole?.byteLength !== blobs.reduce((sum, { size }) => sum + size, 0))
    return files.length > 1 ? Promise.all(files.map(async (file) => (await headsOf([file]))[0])) : [null];
  let from = 0;
  return blobs.map(({ size }) => new Uint8Array(whole).subarray(from, (from += size)));
}

/**
 * @param {Source} file
 * @returns {Promise<Blob>}
 */
async function headOf(file) {
  return file.unpack ? file.unpack(HEAD) : (await contentOf(file)).slice(0, HEAD);
}
