/**
 * What a file is that is no JPEG, PNG, GIF, BMP or WebP, by its content: people rename files, and phones, clouds and
 * download tools give them wrong names.
 */
/* eslint no-control-regex: off -- files begin with such characters */

/** So much of a file's beginning tells what it is. */
export const HEAD = 512;

/**
 * @typedef {object} Kind
 * @property {string} is what the file is
 * @property {string} advice what to do about it
 * @property {string} [type] by which a browser may decode it
 */

const EXPORT = "export it as JPEG or PNG";
const UNPACK = "unpack it and choose the folder, or pack it as .zip";
const FRAME = "take single frames from it, as JPEG or PNG";
const AGAIN = "download it again";

/** What the boxes of a file of the ISO base media format are called (ISO/IEC 14496-12). @type {[RegExp, Kind][]} */
const BRANDS = [
  [/avif|avis/, { is: "an AVIF photo", advice: EXPORT, type: "image/avif" }],
  [/hei[cxms]|hev[cxms]|mif1|msf1/, { is: "a HEIC photo", advice: "open this page in Safari, which can, or export the photo as JPEG", type: "image/heic" }],
  [/crx /, { is: "a camera's raw photo (CR3)", advice: EXPORT }],
  [/jp2 |jpx /, { is: "a JPEG 2000 photo", advice: EXPORT, type: "image/jp2" }],
];
const VIDEO = { is: "a video", advice: FRAME };

/**
 * What stands at the beginning of other files, as text of one character a byte.
 * @type {[RegExp, Kind][]}
 */
const BEGINNINGS = [
  [/^\xff\n|^\0\0\0\fJXL /, { is: "a JPEG XL photo", advice: EXPORT, type: "image/jxl" }],
  [/^\0\0\0\fjP {2}|^\xff\x4f\xff\x51/, { is: "a JPEG 2000 photo", advice: EXPORT, type: "image/jp2" }],
  [/^II\xbc/, { is: "a JPEG XR photo", advice: EXPORT }],
  [/^II\*\0[^]{4}CR\x02/, { is: "a camera's raw photo (CR2)", advice: EXPORT }],
  [/^IIR[OS]|^MMOR|^IIU\0|^FUJIFILMCCD-RAW|^FOVb|^\0MRM/, { is: "a camera's raw photo", advice: EXPORT }],
  [/^II[*+]\0|^MM\0[*+]/, { is: "a TIFF photo", advice: EXPORT, type: "image/tiff" }],
  [/^8BPS/, { is: "a Photoshop file", advice: EXPORT }],
  [/^gimp xcf/, { is: "a GIMP file", advice: EXPORT }],
  [/^\0\0[\x01\x02]\0[^\0]\0/, { is: "an icon", advice: EXPORT }],
  [/^P[1-7]\s/, { is: "a PNM image", advice: EXPORT }],
  [/^v\/1\x01|^#\?RADIANCE|^qoif|^DDS |^\xab\x4b\x54\x58/, { is: "an image of a kind that is not read", advice: EXPORT }],
  [/^[^]{128}DICM/, { is: "a DICOM image", advice: EXPORT }],
  [/^SIMPLE {2}=/, { is: "a FITS image", advice: EXPORT }],
  [/^\x93NUMPY|^\x89HDF\r\n/, { is: "an array of numbers, not a photo", advice: "save each photo of it as PNG" }],
  [/^%PDF-/, { is: "a PDF", advice: "save its pictures as JPEG or PNG" }],
  [/^RIFF[^]{4}AVI |^\x1aE\xdf\xa3|^FLV\x01|^\0\0\x01[\xb3\xba]|^OggS|^0&\xb2u|^G[^]{187}G/, VIDEO],
  [/^PK\x03\x04|^PK\x05\x06/, { is: "an archive or a document, by its content a .zip", advice: "unpack it first" }],
  [/^\x1f\x8b|^BZh\d|^\xfd7zXZ\0|^\x28\xb5\x2f\xfd|^[^]{257}ustar/, { is: "an archive (.tar or .gz)", advice: UNPACK }],
  [/^7z\xbc\xaf'\x1c/, { is: "a 7z archive", advice: UNPACK }],
  [/^Rar!\x1a\x07/, { is: "a RAR archive", advice: UNPACK }],
  [/^MSCF/, { is: "a CAB archive", advice: UNPACK }],
  [/^bplist00/, { is: "a note of iCloud in the photo's place", advice: 'choose "Download Now" in Finder' }],
  [/^version https:\/\/git-lfs/, { is: "a note of Git LFS in the photo's place", advice: 'run "git lfs pull" in its folder' }],
  [/^(\.\.\/)*(\.git\/annex|\/annex)\/objects\//, { is: "a note of git-annex in the photo's place", advice: 'run "git annex get" in its folder' }],
  [/^(\xef\xbb\xbf)?\s*(<!--[^]*-->\s*)?<(!doctype html|html|head|body)[\s>]/i, { is: "a web page in the photo's place", advice: AGAIN }],
  [/^(\xef\xbb\xbf)?\s*<([^]*<)?svg[\s>]/i, { is: "an SVG drawing", advice: EXPORT }],
  [/^(\xef\xbb\xbf)?\s*<\?xml[^]*<Error>/, { is: "a server's error in the photo's place", advice: AGAIN }],
];

/** Names of raw photos that are TIFF files by their content. */
const RAW = /\.(dng|nef|nrw|arw|sr2|srf|pef|raw|rwl|3fr|iiq|erf|kdc|dcr|mos|mef)$/i;

/** Endings of files that nobody gives to photos; data sets have thousands of some. */
const NO_PHOTO = /\.(txt|md|rst|xml|json|jsonl|geojson|ya?ml|toml|ini|cfg|log|html?|css|js|ts|py|pyc|ipynb|r|m|c|h|cpp|hpp|java|go|rs|sh|bat|mat|np[yz]|pkl|h5|hdf5|pt|pth|onnx|tfrecords?|parquet|xlsx?|docx?|pptx?|sqlite3?|db)$/i;

/**
 * @param {string} name
 * @returns {boolean} whether a file that is not named as a photo may be one all the same
 */
export function mayBePhoto(name) {
  return !NO_PHOTO.test(name);
}

/**
 * @param {Uint8Array} head its first bytes, {@link HEAD} or all
 * @param {string} [name]
 * @returns {Kind | null} null for one of the formats that are read, and for what is not known
 */
export function kindOf(head, name = "") {
  const text = Array.from(head.subarray(0, HEAD), (byte) => String.fromCharCode(byte)).join("");
  if (/^.{4}ftyp/s.test(text)) {
    // The length of the list of brands stands before it.
    const length = Math.min(text.charCodeAt(2) * 256 + text.charCodeAt(3), 64);
    const brands = text.slice(8, Math.max(12, length));
    return BRANDS.find(([known]) => known.test(brands))?.[1] ?? VIDEO;
  }
  if (/^.{4}(moov|mdat|wide|free|skip|pnot)/s.test(text)) return VIDEO;
  const kind = BEGINNINGS.find(([known]) => known.test(text))?.[1] ?? null;
  if (kind?.type === "image/tiff" && RAW.test(name)) return { is: "a camera's raw photo", advice: EXPORT };
  return kind;
}

/**
 * @param {Kind} kind
 * @returns {string} why such a file is not read
 */
export function reasonOf({ is, advice, type }) {
  return `it is ${is}${type ? ", which this browser cannot decode" : ""}: ${advice}`;
}
