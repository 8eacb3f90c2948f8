/** Reads the tables among a folder's files: those of file names and labels tell the photos' classes. */
import { contentOf } from "./archives.js";
import { isTrap, messageOf } from "./protocol.js";

const TABLE = /\.[ct]sv$/i;
/** A row takes some 50 bytes: this is a table of half a million photos. */
const LARGEST = 32e6;

/**
 * @param {import("./archives.js").Source[]} files
 * @param {import("./types.js").EngineContents} contents is told of them
 */
export async function readTables(files, contents) {
  for (const [index, file] of files.entries()) {
    if (file.refused || !TABLE.test(file.path)) continue;
    if (file.size > LARGEST) {
      contents.refuse(index, "not used: a table of file names and labels has 32 MB at most");
      continue;
    }
    try {
      contents.table(index, decoded(await (await contentOf(file)).arrayBuffer()));
    } catch (error) {
      if (isTrap(error)) throw error;
      contents.refuse(index, `the file could not be read (${messageOf(error)})`);
    }
  }
}

/**
 * Text as spreadsheets save it: UTF-8, UTF-16 with its mark, or what Korean ones write without being told.
 * @param {ArrayBuffer} bytes
 * @returns {string}
 */
function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes).normalize("NFC");
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes).normalize("NFC");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).normalize("NFC");
  } catch {
    return new TextDecoder("euc-kr").decode(bytes).normalize("NFC");
  }
}
