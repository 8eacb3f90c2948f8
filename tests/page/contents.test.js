import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { kindOf } from "../../www/worker/files/kinds.js";
import { useBrowser } from "./browser.js";
import { drawPhotos } from "./drawing.js";
import { greyPhoto, importAll, reasonsOf } from "./importing.js";

const { open } = useBrowser();
configure({ useWebWorkers: false });

const GOOD = Object.fromEntries([1, 2, 3, 4].map((nth) => [`pets/${nth % 2 ? "cats" : "dogs"}/${nth}.bmp`, greyPhoto(nth * 40)]));

/**
 * What files begin with that are no photos which are read, by the name they are given, and how that is told.
 * @type {Record<string, [string, RegExp]>}
 */
const OTHERS = {
  "1.HEIC": ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", /it is a HEIC photo, which this browser cannot decode: /],
  "2.jpg": ["\0\0\0\x18ftypmif1\0\0\0\0mif1heix", /it is a HEIC photo/],
  "3.tif": ["II*\0\x08\0\0\0", /it is a TIFF photo, which this browser cannot decode: export it as JPEG or PNG/],
  "4.jpg": ["MM\0*\0\0\0\x08", /it is a TIFF photo/],
  "5.DNG": ["II*\0\x08\0\0\0", /it is a camera's raw photo/],
  "6.CR2": ["II*\0\x10\0\0\0CR\x02\0", /it is a camera's raw photo/],
  "7.CR3": ["\0\0\0\x18ftypcrx \0\0\0\x01crx isom", /it is a camera's raw photo/],
  "8.NEF": ["MM\0*\0\0\0\x08", /it is a camera's raw photo/],
  "9.psd": ["8BPS\0\x01", /it is a Photoshop file/],
  "10.svg": ["<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", /it is an SVG drawing/],
  "11.jxl": ["\xff\x0a\xfa\x7f", /it is a JPEG XL photo/],
  "12.jp2": ["\0\0\0\x0cjP  \r\n\x87\n", /it is a JPEG 2000 photo/],
  "13.pdf": ["%PDF-1.7", /it is a PDF/],
  "14.MOV": ["\0\0\0\x14ftypqt  \0\0\0\0qt  ", /it is a video: take single frames/],
  "15.jpg": ["\0\0\0\x18ftypmp42\0\0\0\0isommp42", /it is a video/],
  "16.jpg": ["<!doctype html><title>404</title>", /it is a web page in the photo's place: download it again/],
  "17.png": ["version https://git-lfs.github.com/spec/v1\noid sha256:0", /a note of Git LFS .* "git lfs pull"/],
  "18.tar.gz": ["\x1f\x8b\x08\0\0\0", /it is an archive .*pack it as \.zip/],
  "19.tgz": ["\x1f\x8b\x08\0\0\0", /it is an archive .*pack it as \.zip/],
  "20.7z": ["7z\xbc\xaf'\x1c", /it is a 7z archive: unpack it/],
  "21.rar": ["Rar!\x1a\x07\x01\0", /it is a RAR archive: unpack it/],
  "22.tar": [`${"\0".repeat(257)}ustar\0`, /it is an archive/],
  "23.jpg": ["PK\x03\x04\x14", /by its content a \.zip: unpack it first/],
  "24.jpg": ["Dear diary", /not a JPEG, PNG, GIF, BMP or WebP image/],
  "25": ["Dear diary", /files without an ending are not read/],
  "26.txt": ["Dear diary", /\.txt files are not read/],
  "27.HEIC": ["", /the file is empty \(0 bytes\): if it is still in a cloud, download it first/],
  "28.jpg": ["", /the file is empty \(0 bytes\): if it is still in a cloud, download it first/],
  ".29.HEIC.icloud": ["bplist00", /this photo is still in iCloud/],
};
const others = (/** @type {string} */ folder) =>
  Object.fromEntries(Object.entries(OTHERS).map(([name, [bytes]]) => [`${folder}/${name}`, Buffer.from(bytes, "latin1")]));

/** @param {Record<string, Buffer>} files */
async function zipOf(files) {
  const writer = new ZipWriter(new BlobWriter(), { level: 5 });
  for (const [name, bytes] of Object.entries(files)) await writer.add(name, new Uint8ArrayReader(bytes));
  return Buffer.from(await (await writer.close()).arrayBuffer());
}

/**
 * Adds files to a class of a dataset that has photos.
 * @param {import("playwright-core").Page} page
 * @param {Record<string, Buffer>} files
 * @param {string} [label] of the class
 */
function addTo(page, files, label = "cats") {
  const given = Object.entries(files).map(([path, bytes]) => ({ path, base64: bytes.toString("base64") }));
  return page.evaluate(async ({ given, label }) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const dataset = await lab.createDataset({ classes: [label, "dogs"], imageSize: 8, validation: 0, test: 0 });
    const entries = given.map(({ path, base64 }) => ({
      path,
      blob: new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]),
    }));
    const summary = await dataset.add(entries, { class: label });
    await lab.close();
    return summary;
  }, { given, label });
}

test("what is no photo is told by its content, in a folder, in an archive and where photos are added", async () => {
  const page = await open();
  const packed = await zipOf({ ...GOOD, ...others("pets/dogs") });
  const [folder, archive] = await importAll(page, [{ ...GOOD, ...others("pets/dogs") }, { "all.zip": packed }]);
  const added = await addTo(page, { "1.bmp": greyPhoto(9), ...others("all") });
  for (const [path, summary] of [["pets/dogs", folder.summary], ["all/pets/dogs", archive.summary], ["all", added]]) {
    const told = reasonsOf(summary);
    for (const [name, [, reason]] of Object.entries(OTHERS)) {
      // A file that is added has no other name than that of a photo: what it is not is all there is to say.
      const wanted = summary === added && /^2[56]/.test(name) ? /not a JPEG/ : summary === added && name.startsWith(".") ? /iCloud/ : reason;
      assert.match(told[`${path}/${name}`] ?? "", wanted, `${path}/${name}`);
    }
    assert.equal(summary.rejected.length, Object.keys(OTHERS).length, path);
  }
  assert.deepEqual(folder.summary.counts.train, [2, 2]);
  assert.deepEqual(archive.summary.counts.train, [2, 2]);
  assert.deepEqual(added.counts.train, [1, 0]);
});

test("photos with other formats' names, and with none, are photos, and no content keeps one waiting", async () => {
  const page = await open();
  const start = performance.now();
  for (const part of ["<!---->", "<!--", "-->", "<?xml", "<!DOCTYPE svg ", " ", "<", "\0", "\xff", "../", "\xef\xbb\xbf"])
    for (const before of ["", "<?xml ", "<!--", "<!DOCTYPE svg>"]) kindOf(Buffer.from((before + part.repeat(512)).slice(0, 512), "latin1"));
  assert.ok(performance.now() - start < 500, `${performance.now() - start} ms`);
  const [jpeg] = await drawPhotos(page, 1, { type: "image/jpeg", side: 8 });
  const [png] = await drawPhotos(page, 1, { side: 8 });
  const names = ["1.HEIC", "2.heif", "3.avif", "4.tif", "5", "6.png", "7.dat", "8.jpg", "9.JPG_large", "10.jpg.1", "11.webp"];
  const files = Object.fromEntries(names.map((name, nth) => [`pets/${nth % 2 ? "cats" : "dogs"}/${name}`, nth % 3 ? jpeg : png]));
  const packed = await zipOf(files);
  const [folder, archive] = await importAll(page, [files, { "all.zip": packed }]);
  assert.deepEqual([folder.summary.rejected, archive.summary.rejected], [[], []]);
  assert.deepEqual([folder.summary.counts.train, archive.summary.counts.train], [[5, 6], [5, 6]]);
  const added = await addTo(page, files);
  assert.deepEqual([added.rejected, added.counts.train], [[], [11, 0]]);
});

test("an AVIF is read where the browser decodes it, whatever it is called", async () => {
  const page = await open();
  // By Pillow 12, as the engine's own samples: 16 x 12 pixels, (200, 30, 40) on the left and (20, 60, 180) on the right.
  const avif = await readFile(new URL("fixtures/two.avif", import.meta.url));
  const files = { ...GOOD, "pets/cats/a.avif": avif, "pets/dogs/b.jpg": avif, "pets/dogs/cut.avif": avif.subarray(0, 290) };
  const [{ summary, colours }] = await importAll(page, [files], { imageSize: [12, 16] });
  assert.deepEqual(summary.counts.train, [3, 3]);
  assert.match(reasonsOf(summary)["pets/dogs/cut.avif"], /it is an AVIF photo, which this browser cannot decode/);
  for (const path of ["pets/cats/a.avif", "pets/dogs/b.jpg"])
    [20, 60, 180].forEach((value, at) => assert.ok(Math.abs(colours[path][at] - value) <= 6, `${path}: ${colours[path]}`));
});

test("what systems leave is left out and told once a kind, in a folder, in an archive and where photos are added", async () => {
  const page = await open();
  const left = Object.fromEntries(
    [1, 2, 3, 4].flatMap((nth) => {
      const folder = `pets/${nth % 2 ? "cats" : "dogs"}`;
      return [`${folder}/@eaDir/${nth}.bmp/SYNOPHOTO_THUMB_M.jpg`, `${folder}/._${nth}.bmp`, `${folder}/${nth}.bmp.xmp`, `${folder}/${nth}.bmp_original`].map(
        (path) => [path, greyPhoto(200)],
      );
    }),
  );
  const packed = await zipOf({ ...GOOD, ...left });
  const [folder, archive] = await importAll(page, [{ ...GOOD, ...left }, { "all.zip": packed, "@eaDir/all.zip": packed }]);
  const expected = [
    { kind: "networkDrive", files: 4, example: "@eaDir" },
    { kind: "mac", files: 4, example: "._1.bmp" },
    { kind: "photoProgram", files: 4, example: "1.bmp.xmp" },
    { kind: "backup", files: 4, example: "1.bmp_original" },
  ];
  assert.deepEqual(folder.summary.leftOut, expected);
  // The second archive lies among the thumbnails of a network drive.
  assert.deepEqual(archive.summary.leftOut, [{ ...expected[0], files: 5 }, ...expected.slice(1)]);
  for (const { summary } of [folder, archive]) assert.deepEqual([summary.counts.train, summary.rejected], [[2, 2], []]);
  const added = await addTo(page, { "all.zip": packed });
  assert.deepEqual([added.counts.train, added.rejected, added.leftOut], [[4, 0], [], expected]);
  const odd = await addTo(page, { ".NET/1.bmp": greyPhoto(9), ".NET/all.zip": packed }, ".NET");
  assert.deepEqual([odd.counts.train, odd.rejected, odd.leftOut], [[5, 0], [], expected]);
});

test("the page says what systems left, in a line", async () => {
  const page = await open();
  await page.locator("#image-size").fill("64");
  const photos = await drawPhotos(page, 16);
  const files = photos.map((buffer, nth) => ({ name: `${nth % 2 ? "cat" : "dog"}.${nth}.png`, mimeType: "image/png", buffer }));
  await page.locator("#choose-files").setInputFiles([...files, { name: "Thumbs.db", mimeType: "application/x", buffer: Buffer.from("x") }, { name: "desktop.ini", mimeType: "text/plain", buffer: Buffer.from("x") }]);
  await page.locator("[data-testid=left-out]").waitFor();
  assert.equal(await page.locator("[data-testid=left-out]").textContent(), "Not photos of yours, so left out: 2 files (Windows: Thumbs.db).");
  assert.equal(await page.locator("#rejected").count(), 0);
});

test("kept photos are known by their content: another archive, and other files of the same names, sizes and dates", async () => {
  const page = await open();
  const names = [0, 1, 2, 3].map((nth) => `set/${nth % 2 ? "a" : "b"}/${nth}.bmp`);
  const folderOf = (/** @type {number} */ grey) => Object.fromEntries(names.map((name, nth) => [name, greyPhoto(grey + nth)]));
  // Larger than what is looked at of a file, with another colour in the middle alone.
  const large = (/** @type {number} */ grey) => {
    const bytes = Buffer.alloc(54 + 3 * 128 * 128, 255);
    bytes.fill(0, 0, 54);
    bytes.set(Buffer.from("BM"));
    bytes.writeUInt32LE(bytes.length, 2);
    for (const [at, value] of [[10, 54], [14, 40], [18, 128], [22, 128]]) bytes.writeUInt32LE(value, at);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(24, 28);
    return bytes.fill(grey, 54 + 3 * 128 * 32, 54 + 3 * 128 * 96);
  };
  const largeOf = (/** @type {number} */ grey) => Object.fromEntries(names.map((name, nth) => [name, large(grey + nth)]));
  const greys = (/** @type {any} */ { colours }) => Object.values(colours).map(([red]) => red).sort((a, b) => a - b);
  const expected = (/** @type {number} */ grey) => [0, 1, 2, 3].map((nth) => grey + nth);

  const lastModDate = new Date(2024, 1, 1);
  const archiveOf = async (/** @type {number} */ grey) => {
    const writer = new ZipWriter(new BlobWriter(), { level: 0, lastModDate });
    for (const [name, bytes] of Object.entries(folderOf(grey))) await writer.add(name, new Uint8ArrayReader(bytes));
    return { "set.zip": Buffer.from(await (await writer.close()).arrayBuffer()) };
  };
  const monday = await archiveOf(10);
  const archives = await importAll(page, [monday, await archiveOf(200), monday]);
  assert.deepEqual(archives.map(greys), [expected(10), expected(200), expected(10)]);
  for (const [one, other] of [[folderOf(10), folderOf(200)], [largeOf(10), largeOf(200)]]) {
    for (const dates of [{ modified: 1_700_000_000_000 }, {}]) {
      const folders = await importAll(page, [one, other, one], {}, dates);
      assert.deepEqual(folders.map(greys), [expected(10), expected(200), expected(10)], JSON.stringify(dates));
    }
  }
});
