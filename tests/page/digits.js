/**
 * Test digits as PNG files, got through the public API in the page.
 * @param {import("playwright-core").Page} page
 * @param {number} each how many of each class
 * @returns {Promise<{ label: string, name: string, mimeType: string, buffer: Buffer }[]>}
 */
export async function testDigits(page, each) {
  const files = await page.evaluate(async (each) => {
    const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
    const lab = await openLab({ device: "cpu" });
    const dataset = await lab.importDemo("digits");
    const found = [];
    let first = 0;
    for (const count of dataset.summary.counts.test) {
      for (let nth = 0; nth < each; nth++) {
        const { imageData, label } = await lab.image(dataset, "test", first + Math.floor((nth * count) / each));
        const canvas = new OffscreenCanvas(imageData.width, imageData.height);
        canvas.getContext("2d")?.putImageData(imageData, 0, 0);
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
        found.push({ label, name: `a ${label}, number ${nth}.png`, bytes: Array.from(bytes) });
      }
      first += count;
    }
    await lab.close();
    return found;
  }, each);
  return files.map(({ label, name, bytes }) => ({ label, name, mimeType: "image/png", buffer: Buffer.from(bytes) }));
}
