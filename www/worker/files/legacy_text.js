/** Text that is not UTF-8: which encoding it is in, by the detector that Firefox has. Loaded with the first such text. */
// @ts-expect-error: Trunk puts it there
import init, { guess } from "../../../encodings.js";
import { encodingsModule, once } from "../wasm_files.js";
import { decodeAs, leastOdd } from "./codepages.js";

/** Where languages are spoken, as the detector takes hints, if it is not where their own letters say. */
const COUNTRIES = { ko: "kr", ja: "jp", zh: "cn", el: "gr", cs: "cz", uk: "ua", be: "by", sv: "se", da: "dk", he: "il", vi: "vn", sl: "si", et: "ee", fa: "ir", ar: "sa", sr: "rs", nb: "no", nn: "no" };
/** Languages that DOS had its central European code page for. */
const CENTRAL = ["pl", "cs", "sk", "hu", "hr", "sl", "ro", "bs", "sq"];
/** Who made an archive (APPNOTE.TXT, 4.4.2): a Mac, old or new; DOS, OS/2 and Windows by three names. */
const MACS = [7, 19];
const DOS = [0, 6, 10, 14];

/** Has the detector ready. */
const detectorReady = once(async () => init({ module_or_path: await encodingsModule() }));

/**
 * Decodes texts that belong together and are in the same encoding.
 * @param {Uint8Array[]} raw
 * @param {{ madeBy?: number }} [hints] the number of the system that made the archive whose names they are
 * @returns {Promise<string[]>}
 */
export async function textOf(raw, { madeBy } = {}) {
  await detectorReady();
  const whole = new Uint8Array(await new Blob(raw.flatMap((bytes) => [/** @type {Uint8Array<ArrayBuffer>} */ (bytes), "\n"])).arrayBuffer());
  const encoding = leastOdd(whole, candidates(whole, navigator.language, madeBy));
  return raw.map((bytes) => decodeAs(bytes, encoding));
}

/**
 * @param {Uint8Array} bytes
 * @param {string} language of the browser
 * @param {number} [madeBy]
 * @returns {string[]} the encodings that it may be in, the likelier ones first
 */
function candidates(bytes, language, madeBy) {
  const [spoken, place] = language.toLowerCase().split("-");
  const country = spoken === "zh" && (place === "tw" || place === "hk") ? "tw" : /** @type {Record<string, string>} */ (COUNTRIES)[spoken] ?? spoken;
  const guessed = [guess(bytes, undefined), spoken === "en" ? "" : guess(bytes, country)].filter(Boolean);
  const pages = CENTRAL.includes(spoken) ? ["cp852", "cp850"] : ["cp850", "cp852"];
  // Excel's tables for the Mac have another end of lines.
  const ofMac = madeBy === undefined ? !bytes.includes(0x0d) || !bytes.includes(0x0a) : MACS.includes(madeBy);
  const others = ofMac ? ["macintosh", ...pages] : [...pages, "macintosh"];
  const isWestern = /^windows-125[024]$/.test(guessed[0]);
  // On DOS and Windows archives have their names in DOS' code page.
  const first = madeBy !== undefined && isWestern && (DOS.includes(madeBy) || MACS.includes(madeBy));
  return [...new Set(first ? [...others, ...guessed] : [...guessed, ...others])];
}
