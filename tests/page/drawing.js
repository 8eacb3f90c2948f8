/** Photos that tests draw in the page. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * So many photos, each unlike the others and the same every time.
 * @param {import("playwright-core").Page} page
 * @param {number} count
 * @param {{ from?: number, type?: string, side?: number }} [options] the number of the first one, the files' type, and their size
 * @returns {Promise<Buffer[]>}
 */
export async function drawPhotos(page, count, { from = 0, type = "image/png", side = 48 } = {}) {
  const all = await page.evaluate(
    async ({ count, from, type, side }) => {
      const made = [];
      for (let nth = from; nth < from + count; nth++) {
        const canvas = new OffscreenCanvas(side, side);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
        context.scale(side / 48, side / 48);
        for (let at = 0; at < 20; at++) {
          context.fillStyle = `hsl(${(at * 67 + nth * 41) % 360} 70% ${(at * 31 + nth * 59) % 100}%)`;
          context.fillRect((at * 13 + nth * 17) % 48, (at * 29 + nth * 23) % 48, 18, 14);
        }
        made.push(Array.from(new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer())));
      }
      return made;
    },
    { count, from, type, side },
  );
  return all.map((bytes) => Buffer.from(bytes));
}

/**
 * A photo as above.
 * @param {import("playwright-core").Page} page
 * @param {number} nth
 */
export async function drawPhoto(page, nth) {
  const [photo] = await drawPhotos(page, 1, { from: nth });
  return photo;
}

/**
 * A folder of two classes of such photos.
 * @param {import("playwright-core").Page} page
 * @param {string} root where it is to be
 * @param {{ each: number, side: number }} how many photos a class has, and their size
 */
export async function drawFolder(page, root, { each, side }) {
  for (const [index, label] of ["ant", "bee"].entries()) {
    await mkdir(join(root, label), { recursive: true });
    const photos = await drawPhotos(page, each, { from: index * each, side });
    for (const [nth, photo] of photos.entries()) await writeFile(join(root, label, `${nth}.png`), photo);
  }
  return root;
}
