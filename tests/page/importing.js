/** Imports through the public API, of files that a test has in memory. */

/**
 * @typedef {Record<string, Buffer | string>} Files by path
 * @typedef {{ summary?: any, message?: string, colours: Record<string, number[]> }} Imported what was understood, or
 *   why not, and the colour in the middle of each training photo by its path
 */

/**
 * @param {import("playwright-core").Page} page
 * @param {Files[]} folders read one after the other
 * @param {object} [options] of the imports
 * @param {{ modified?: number }} [file] the files' date; without it they have none
 * @returns {Promise<Imported[]>}
 */
export function importAll(page, folders, options = {}, { modified } = {}) {
  const given = folders.map((files) =>
    Object.entries(files).map(([path, bytes]) => ({ path, base64: Buffer.from(bytes).toString("base64") })),
  );
  return page.evaluate(
    async ({ given, options, modified }) => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu" });
      const told = [];
      for (const files of given) {
        const entries = files.map(({ path, base64 }) => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          const name = path.split("/").at(-1) ?? "";
          return { path, blob: modified ? new File([bytes], name, { lastModified: modified }) : new Blob([bytes]) };
        });
        /** @type {Record<string, number[]>} */
        const colours = {};
        try {
          const dataset = await lab.importImages(entries, { imageSize: 8, validation: 0, test: 0, ...options });
          const photos = dataset.summary.counts.train.reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0);
          for (let index = 0; index < photos; index++) {
            const { imageData, path } = await lab.image(dataset, "train", index);
            const middle = (imageData.width * (imageData.height / 2) + imageData.width / 2) * 4;
            colours[path] = Array.from(imageData.data.slice(middle, middle + 3));
          }
          told.push({ summary: dataset.summary, colours });
          await dataset.close();
        } catch (error) {
          told.push({ message: error instanceof Error ? error.message : String(error), colours });
        }
      }
      await lab.close();
      return told;
    },
    { given, options, modified },
  );
}

/**
 * @param {any} summary
 * @returns {Record<string, string>} why files were left out, by their paths
 */
export function reasonsOf(summary) {
  return Object.fromEntries(summary.rejected.map((/** @type {any} */ { path, reason }) => [path, reason]));
}

/**
 * A BMP of 2 x 2 pixels of one grey.
 * @param {number} grey
 */
export function greyPhoto(grey) {
  const bytes = Buffer.alloc(54 + 16, grey);
  bytes.fill(0, 0, 54);
  bytes.set(Buffer.from("BM"));
  bytes.writeUInt32LE(bytes.length, 2);
  for (const [at, value] of [[10, 54], [14, 40], [18, 2], [22, 2]]) bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}
