import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawPhoto } from "./drawing.js";

const { open } = useBrowser();

test("a network of other classes and another size becomes a base, and only the new layers learn", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  const folder = await mkdtemp(join(tmpdir(), "fovea-"));
  try {
    for (const [index, label] of ["ant", "bee", "cow"].entries()) {
      await mkdir(join(folder, label));
      for (let nth = 0; nth < 8; nth++) await writeFile(join(folder, label, `${nth}.png`), await drawPhoto(page, index * 8 + nth));
    }
    // What stands for a network from elsewhere: for 40x40 pixels and ten classes.
    const file = await page.evaluate(async () => {
      const { openLab } = await import(new URL("www/lab.js", document.baseURI).href);
      const lab = await openLab({ device: "cpu", seed: 9 });
      const dataset = await lab.createDataset({ classes: Array.from("0123456789"), imageSize: 40 });
      const config = { filters: 4, kernel_size: 3, activation: "relu" };
      const layers = [{ class_name: "Conv2D", config }, { class_name: "MaxPooling2D" }, { class_name: "Flatten" }, { class_name: "Dense", config: { units: 10, activation: "softmax" } }];
      const { blob } = await lab.exportModel(await lab.createModel({ layers, dataset }), "keras");
      await lab.close();
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    });
    await page.locator("#image-size").fill("64");
    await page.locator("#choose-folder").setInputFiles(folder);
    await page.locator("#summary tbody tr").first().waitFor();
    assert.equal(await page.locator("#use-as-base").count(), 0, "a network that fits needs no new layers");
    await page.locator("#open-model").setInputFiles({ name: "other.keras", mimeType: "application/zip", buffer: Buffer.from(file) });
    await page.locator("#use-as-base").click();
    await page.locator("#misfit").waitFor({ state: "hidden" });
    const rows = await page.locator("#summary tbody tr").allTextContents();
    assert.deepEqual(
      rows.map((row) => /^\w+/.exec(row.trim())?.[0]),
      ["conv2d", "max_pooling2d", "global_average_pooling2d", "dense", "dropout", "dense_1"],
    );
    assert.match(rows[0], /62, 62, 4/, "at the photos' size");
    assert.equal(await page.getByLabel("Train conv2d", { exact: true }).isChecked(), false);
    assert.equal(await page.getByLabel("Train dense", { exact: true }).isChecked(), true);
    await page.locator("#epochs").fill("1");
    await page.locator("#start").click();
    await page.locator("#history tbody tr").first().waitFor({ state: "attached" });
    assert.equal(await page.locator("#start-afresh").isHidden(), true, "it would lose the base");
    // And back.
    await page.locator("#undo").click();
    await page.locator("#misfit").waitFor();
  } finally {
    await rm(folder, { recursive: true });
  }
});
