/** Reads the tables among a folder's files: those of file names and labels tell the photos' classes. */
import { contentOf } from "./archives.js";
import { isTrap, messageOf } from "../../shared/protocol.js";
import { NotLoaded } from "../wasm_files.js";

const TABLE = /\.[ct]sv$/i;
/** A row takes some 50 bytes: this is a table of half a million photos. */
const LARGEST = 32e6;

/**
 * @param {import("./archives.js").Source[]} files
 * @param {import("../../shared/types.js").FolderContents} contents is told of them
 */
export async function readTables(files, contents) {
  for (const [index, file] of files.entries()) {
    if (file.refused || !TABLE.test(file.path)) continue;
    if (file.size > LARGEST) {
      contents.refuse(index, "not used: a table of file names and labels has 32 MB at most");
      continue;
    }
    try {
      contents.table(index, await decoded(await (await contentOf(file)).arrayBuffer()));
    } catch (error) {
      if (isTrap(error) || error instanceof NotLoaded) throw error;
      contents.refuse(index, `the file could not be read (${messageOf(error)})`);
    }
  }
}

/**
 * Text as spreadsheets save it: UTF-8, UTF-16 with its mark or without, or what the system wrote before there was that.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<string>}
 */
async function decoded(buffer) {
  const bytes = new Uint8Array(buffer);
  const utf16 = utf16Of(bytes);
  if (utf16) return new TextDecoder(utf16).decode(bytes).normalize("NFC");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).normalize("NFC");
  } catch {
    const { textOf } = await import("./legacy_text.js");
    const [text] = await textOf([bytes]);
    return text.normalize("NFC");
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {"utf-16le" | "utf-16be" | null} by its mark, or by the zeros that every other byte of its first line is
 */
function utf16Of(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const line = bytes.subarray(0, 64);
  const zeros = [0, 1].map((from) => line.filter((byte, at) => at % 2 === from && byte === 0).length * 2);
  if (bytes.length % 2 || Math.max(...zeros) < line.length * 0.75 || Math.min(...zeros) > 0) return null;
  return zeros[1] > zeros[0] ? "utf-16le" : "utf-16be";
}
