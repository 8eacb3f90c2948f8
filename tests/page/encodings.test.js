import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "./browser.js";
import { greyPhoto, importAll } from "./importing.js";

const { open } = useBrowser();

/** Letters of DOS' and the Macs' code pages that browsers do not encode, nor Node. */
const PAGES = {
  cp850: { ä: 0x84, ö: 0x94, ü: 0x81, Ä: 0x8e, Ü: 0x9a, é: 0x82, ñ: 0xa4, ß: 0xe1, å: 0x86, ø: 0x9b, æ: 0x91 },
  cp852: { ż: 0xbe, ó: 0xa2, ł: 0x88, ś: 0x98, č: 0x9f, ů: 0x85, ň: 0xe5 },
  macintosh: { ä: 0x8a, ö: 0x9a, ü: 0x9f, é: 0x8e, ñ: 0x96 },
};

/**
 * Encodes as a browser decodes: by trying all there is.
 * @param {string} text
 * @param {string} encoding
 */
function encoded(text, encoding) {
  const page = /** @type {Record<string, Record<string, number>>} */ (PAGES)[encoding];
  if (page) return Buffer.from(Array.from(text, (letter) => page[letter] ?? letter.charCodeAt(0)));
  const table = tableOf(encoding);
  const bytes = Array.from(text).flatMap((letter) => (letter.charCodeAt(0) < 128 ? letter.charCodeAt(0) : table.get(letter)));
  assert.ok(bytes.every((byte) => byte !== undefined), `${text} in ${encoding}`);
  return Buffer.from(/** @type {number[]} */ (bytes));
}

/** @type {Map<string, Map<string, number[]>>} */
const tables = new Map();

/** @param {string} encoding */
function tableOf(encoding) {
  const known = tables.get(encoding);
  if (known) return known;
  /** @type {Map<string, number[]>} */
  const table = new Map();
  const decoder = new TextDecoder(encoding);
  for (let lead = 0x80; lead < 0x100; lead++) {
    // Node takes windows-1252 for ISO-8859-1, which is the same from here on.
    const alone = decoder.decode(Uint8Array.of(lead));
    if (alone.length === 1 && alone !== "\ufffd") table.set(alone, [lead]);
    if (/^(windows|ibm|iso)/.test(encoding)) continue;
    for (let trail = 0x40; trail < 0x100; trail++) {
      const pair = decoder.decode(Uint8Array.of(lead, trail));
      if (pair.length === 1 && pair !== "\ufffd" && !table.has(pair)) table.set(pair, [lead, trail]);
    }
  }
  tables.set(encoding, table);
  return table;
}

/** Classes as people write them, by the encodings that their systems have. @type {[string, string[]][]} */
const CLASSES = [
  ["windows-1252", ["Löwenzahn", "Gänseblümchen"]],
  ["windows-1252", ["Löwenzahn", "Señorita, pequeñó café"]],
  ["windows-1252", ["écureuil", "hérisson", "âne"]],
  ["windows-1252", ["MÜLL", "GLÄSER"]],
  ["windows-1250", ["żółw", "łoś", "jeż"]],
  ["windows-1251", ["кошка", "собака"]],
  ["windows-1253", ["γάτα", "σκύλος"]],
  ["windows-1254", ["köpek", "kuş", "çiçek"]],
  ["euc-kr", ["고양이", "강아지"]],
  ["euc-kr", ["고양이", "dogs"]],
  ["shift_jis", ["ペット猫", "ペット犬"]],
  ["euc-jp", ["ペット猫", "ペット犬"]],
  ["gbk", ["可回收垃圾", "厨余垃圾", "有害垃圾"]],
  ["big5", ["照片貓", "照片狗"]],
  ["macintosh", ["Löwenzahn", "Gänseblümchen"]],
];
/** Names in archives, which Windows writes in DOS' encodings, and the system that is said to have made them. @type {[string, number, string[]][]} */
const NAMES = [
  ...CLASSES.filter(([encoding]) => !/125[024]|macintosh/.test(encoding)).map(([encoding, classes]) => /** @type {[string, number, string[]]} */ ([encoding, 0, classes])),
  ["windows-1252", 3, ["Löwenzahn", "Gänseblümchen"]],
  ["cp850", 0, ["Löwenzahn", "Gänseblümchen"]],
  ["cp850", 11, ["écureuil", "pequeño"]],
  ["cp850", 0, ["Straße", "Weg"]],
  ["cp850", 0, ["MÜLL", "GLÄSER"]],
  ["cp850", 3, ["ræv", "kø", "fågel"]],
  ["cp852", 0, ["żółw", "łoś"]],
  ["cp852", 0, ["kočka", "kůň"]],
  ["ibm866", 0, ["кошки", "собаки"]],
  ["macintosh", 7, ["Löwenzahn", "Gänseblümchen"]],
  ["macintosh", 7, ["café", "Señor"]],
];

/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * An archive whose names are not marked as UTF-8.
 * @param {{ name: Buffer, bytes: Buffer }[]} files
 * @param {number} madeBy
 */
function zipOf(files, madeBy) {
  const [locals, central] = [/** @type {Buffer[]} */ ([]), /** @type {Buffer[]} */ ([])];
  let at = 0;
  for (const { name, bytes } of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE((madeBy << 8) | 20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    central.push(entry, name);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, bytes]);
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/**
 * A table of two photos of each class, and these photos.
 * @param {string[]} classes
 * @param {(text: string) => Buffer} encode
 * @param {string} [newline]
 */
function tableFolder(classes, encode, newline = "\r\n") {
  const rows = [...classes, ...classes].map((label, nth) => `${nth}.bmp;"${label}"`);
  const photos = rows.map((_, nth) => [`photos/${nth}.bmp`, greyPhoto(nth * 20)]);
  return { "photos/classes.csv": encode(["file;class", ...rows].join(newline)), ...Object.fromEntries(photos) };
}

for (const locale of ["en-GB", "ko-KR", "de-DE", "ja-JP"])
  test(`tables and archives in every encoding give their classes, in a browser of ${locale}`, async () => {
    const page = await open({ locale });
    const newline = (/** @type {string} */ encoding) => (encoding === "macintosh" ? "\r" : "\r\n");
    const tables = CLASSES.map(([encoding, classes]) => tableFolder(classes, (text) => encoded(text, encoding), newline(encoding)));
    const utf16 = ["\ufeff", ""].flatMap((mark) => {
      const little = (/** @type {string} */ text) => Buffer.from(mark + text, "utf16le");
      return [little, (/** @type {string} */ text) => Buffer.from(little(text)).swap16()].map((encode) => tableFolder(["고양이", "Löwenzahn"], encode));
    });
    const archives = NAMES.map(([encoding, madeBy, classes]) => {
      const files = [...classes, ...classes].map((label, nth) => ({ name: encoded(`${label}/${nth}.bmp`, encoding), bytes: greyPhoto(nth * 20) }));
      return { "photos.zip": zipOf(files, madeBy) };
    });
    const told = await importAll(page, [...tables, ...utf16, ...archives]);
    const found = told.map(({ summary, message }) => summary?.classes ?? message);
    const sorted = (/** @type {string[]} */ classes) => [...classes].sort();
    const expected = [...CLASSES.map(([, classes]) => classes), ...utf16.map(() => ["고양이", "Löwenzahn"]), ...NAMES.map(([, , classes]) => classes)];
    assert.deepEqual(found, expected.map(sorted));
  });

test("the detector is loaded with the first text that is not UTF-8", async () => {
  const page = await open();
  /** @type {string[]} */
  const asked = [];
  page.context().on("request", (request) => asked.push(request.url()));
  const loaded = () => asked.some((url) => url.endsWith("encodings_bg.wasm"));
  await importAll(page, [tableFolder(["고양이", "Löwenzahn"], (text) => Buffer.from(text))]);
  assert.equal(loaded(), false);
  await importAll(page, [tableFolder(["Löwenzahn", "Rose"], (text) => Buffer.from(text, "latin1"))]);
  assert.equal(loaded(), true);
});
