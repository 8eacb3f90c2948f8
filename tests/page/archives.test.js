import assert from "node:assert/strict";
import { test } from "node:test";
import { BlobWriter, configure, TextReader, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { useBrowser } from "./browser.js";
import { greyPhoto, importAll } from "./importing.js";

const { open } = useBrowser();
configure({ useWebWorkers: false });

/**
 * @param {import("playwright-core").Page} page
 * @param {Record<string, Buffer>} files by path
 */
const importFiles = async (page, files) => (await importAll(page, [files]))[0];

/** @type {Record<string, Buffer>} */
const GOOD = Object.fromEntries(
  [1, 2, 3, 4].map((nth) => [`${nth % 2 ? "고양이" : "<b>dogs"}/${nth}.bmp`, greyPhoto(nth * 40)]),
);

/**
 * @param {(writer: ZipWriter<Blob>) => Promise<unknown>} fill
 * @param {Record<string, Buffer>} files
 */
async function archive(fill, files = GOOD) {
  const writer = new ZipWriter(new BlobWriter());
  for (const [name, bytes] of Object.entries(files)) await writer.add(name, new Uint8ArrayReader(bytes));
  await fill(writer);
  return Buffer.from(await (await writer.close()).arrayBuffer());
}

/** @param {any} summary */
const reasons = (summary) =>
  Object.fromEntries(summary.rejected.map((/** @type {any} */ { path, reason }) => [path, reason]));

test("what an archive must not hold is told one by one, and the rest is imported", async () => {
  const page = await open();
  const bytes = await archive(async (writer) => {
    await writer.add("고양이/x.jpg/", undefined, { directory: true });
    await writer.add("../evil.jpg", new Uint8ArrayReader(greyPhoto(1)));
    await writer.add("a\\..\\..\\evil.jpg", new Uint8ArrayReader(greyPhoto(1)));
    await writer.add("/etc/evil.jpg", new Uint8ArrayReader(greyPhoto(1)));
    await writer.add("c:/evil.jpg", new Uint8ArrayReader(greyPhoto(1)));
    await writer.add("고양이/inner.zip", new Uint8ArrayReader(greyPhoto(1)));
    await writer.add("고양이/secret.bmp", new Uint8ArrayReader(greyPhoto(1)), { password: "x" });
    await writer.add("고양이/bomb.bmp", new Uint8ArrayReader(new Uint8Array(40e6)));
    await writer.add("고양이/huge.bmp", new Uint8ArrayReader(new Uint8Array(130e6)));
    await writer.add("고양이/nothing.jpg", new Uint8ArrayReader(new Uint8Array(0)));
    await writer.add("고양이/text.png", new TextReader("no photo"));
    await writer.add("__MACOSX/고양이/._1.bmp", new TextReader("nobody misses it"));
  });
  const { summary, message } = await importFiles(page, { "photos.zip": bytes });
  assert.equal(message, undefined);
  assert.deepEqual(summary.classes, ["<b>dogs", "고양이"]);
  assert.deepEqual(summary.counts.train, [2, 2]);
  assert.deepEqual(summary.layout, { by: "folders", tables: [], columns: [], splits: [] });
  const told = reasons(summary);
  const cats = "photos.zip/고양이";
  const expected = {
    [`${cats}/x.jpg/`]: /a folder, not a photo/,
    "photos.zip/../evil.jpg": /leads out of the archive/,
    "photos.zip/a\\..\\..\\evil.jpg": /leads out of the archive/,
    "photos.zip//etc/evil.jpg": /leads out of the archive/,
    "photos.zip/c:/evil.jpg": /leads out of the archive/,
    [`${cats}/inner.zip`]: /an archive in an archive/,
    [`${cats}/secret.bmp`]: /encrypted/,
    [`${cats}/bomb.bmp`]: /unpacks to 100 times its size/,
    [`${cats}/huge.bmp`]: /unpacks to 130 MB, and a photo has 128 MB at most/,
    "photos/고양이/nothing.jpg": /empty \(0 bytes\)/,
    "photos/고양이/text.png": /not a JPEG/,
  };
  for (const [path, reason] of Object.entries(expected)) assert.match(told[path] ?? "", reason, path);
  assert.deepEqual(Object.keys(told).sort(), Object.keys(expected).sort());
});

test("a damaged archive, a lying one and a bomb of many files are told, beside photos that are imported", async () => {
  const page = await open();
  const whole = await archive(async () => {});
  const at = whole.indexOf(Buffer.from("고양이/1.bmp")) + Buffer.from("고양이/1.bmp").length;
  const flipped = Buffer.from(whole);
  flipped[at + 20] ^= 0xff;
  // The directory says that the first file has ten bytes.
  const lying = Buffer.from(whole);
  const entry = lying.lastIndexOf(Buffer.from("고양이/1.bmp")) - 46;
  assert.equal(lying.readUInt32LE(entry), 0x02014b50);
  lying.writeUInt32LE(10, entry + 24);
  const many = await archive(
    async () => {},
    Object.fromEntries(Array.from({ length: 20 }, (_, nth) => [`b/${nth}.bmp`, Buffer.alloc(15e6)])),
  );
  const { summary, message } = await importFiles(page, {
    ...GOOD,
    "cut.zip": whole.subarray(0, whole.length - 40),
    "text.zip": Buffer.from("this is no archive"),
    "고양이/flipped.zip": flipped,
    "고양이/lying.zip": lying,
    "many.zip": many,
  });
  assert.equal(message, undefined);
  const told = reasons(summary);
  assert.match(told["cut.zip"], /the archive cannot be read/);
  assert.match(told["text.zip"], /the archive cannot be read/);
  assert.match(told["many.zip"], /its files unpack to 300 MB, 100 times its size and more/);
  assert.match(told["고양이/flipped/고양이/1.bmp"], /cannot be unpacked/);
  assert.match(told["고양이/lying/고양이/1.bmp"], /longer than the archive says|cannot be unpacked/);
  assert.deepEqual(summary.counts.train, [2, 2 + 3 + 3]);
});

test("archives that are named as classes or splits are these, and one without an ending is opened", async () => {
  const page = await open();
  const of = (/** @type {string[]} */ names) =>
    archive(async () => {}, Object.fromEntries(names.map((name, nth) => [name, greyPhoto(nth * 20)])));
  const classes = await importFiles(page, { "cats.zip": await of(["1.bmp", "2.bmp"]), "dogs.zip": await of(["1.bmp"]) });
  assert.deepEqual([classes.summary?.classes, classes.summary?.counts.train], [["cats", "dogs"], [2, 1]]);
  const names = ["train/cat.0.bmp", "train/dog.0.bmp", "train/dog.1.bmp"];
  const splits = await importFiles(page, { "train.zip": await of(names), "test1.zip": await of(["test1/cat.9.bmp"]) });
  assert.deepEqual(splits.summary?.counts, { train: [1, 2], validation: [0, 0], test: [1, 0] });
  const table = "filename,label\n1.bmp,강아지\n2.bmp,고양이\n3.bmp,고양이";
  const labelled = await archive(
    (writer) => writer.add("labels.csv", new TextReader(table)),
    Object.fromEntries([1, 2, 3].map((nth) => [`images/${nth}.bmp`, greyPhoto(nth)])),
  );
  const unnamed = await importFiles(page, { download: labelled });
  assert.deepEqual([unnamed.summary?.classes, unnamed.summary?.counts.train], [["강아지", "고양이"], [1, 2]]);
  const nothing = await importFiles(page, { "empty.zip": await archive(async () => {}, {}) });
  assert.match(nothing.message ?? "", /folder is empty/);
});

test("archives with damaged bytes give files and reasons, and neither hang nor grow", async () => {
  const page = await open();
  const corpus = await Promise.all([
    archive(async () => {}),
    archive((writer) => writer.add("text.txt", new TextReader("a ".repeat(5000)), { level: 9 })),
    archive((writer) => writer.add("far.bmp", new Uint8ArrayReader(greyPhoto(9)), { zip64: true })),
  ]);
  const seconds = Number(process.env.FOVEA_FUZZ_SECONDS ?? 3);
  const told = await page.evaluate(
    async ({ corpus, seconds }) => {
      const { contentOf, openArchives } = await import(new URL("www/worker/files/archives.js", document.baseURI).href);
      const zips = corpus.map((base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
      let state = 5;
      const below = (/** @type {number} */ count) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * count);
      };
      const told = { tried: 0, files: 0, refused: 0, unpacked: 0, slowest: 0, wrong: /** @type {string[]} */ ([]) };
      const end = performance.now() + seconds * 1e3;
      while (performance.now() < end) {
        let bytes = zips[below(zips.length)].slice();
        for (let times = 1 + below(4); times; times--) {
          // Most of what a reader goes by is at the end.
          const at = below(2) ? bytes.length - 1 - below(Math.min(bytes.length, 300)) : below(bytes.length);
          const kind = below(4);
          if (kind === 0) bytes[at] ^= 1 << below(8);
          else if (kind === 1) bytes.fill([0, 255, 127][below(3)], at, at + [1, 2, 4, 8][below(4)]);
          else if (kind === 2) bytes.copyWithin(at, below(bytes.length), below(bytes.length));
          else bytes = bytes.slice(0, Math.max(1, at));
        }
        const start = performance.now();
        const files = await openArchives([{ path: "a.zip", blob: new Blob([bytes]) }], new AbortController().signal).catch(
          (/** @type {unknown} */ error) => told.wrong.push(`opening: ${error}`) && [],
        );
        for (const file of files) {
          if (file.refused) told.refused++;
          else {
            told.files++;
            const blob = await contentOf(file).catch((/** @type {Error} */ { message }) => message);
            if (blob instanceof Blob) told.unpacked++;
            if (blob instanceof Blob ? blob.size > file.size : !/unpacked|longer/.test(blob)) told.wrong.push(`${file.path}: ${blob}`);
          }
        }
        told.tried++;
        told.slowest = Math.max(told.slowest, performance.now() - start);
      }
      return told;
    },
    { corpus: corpus.map((zip) => zip.toString("base64")), seconds },
  );
  console.log(JSON.stringify(told));
  assert.deepEqual(told.wrong.slice(0, 5), []);
  assert.ok(told.files > 0 && told.refused > 0 && told.unpacked > 0 && told.unpacked < told.files);
  assert.ok(told.slowest < 2000, `${told.slowest} ms`);
});
