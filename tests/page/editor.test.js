import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseDevice, useBrowser } from "./browser.js";
import { drawPhoto, drawPhotos } from "./drawing.js";

const { open } = useBrowser();

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-"));
});
after(() => rm(folder, { recursive: true }));

/** @param {import("playwright-core").Page} page */
const names = (page) => page.locator(".class-name").allTextContents();

/**
 * @param {import("playwright-core").Page} page
 * @param {string[]} expected
 */
async function namesAre(page, expected) {
  await page.waitForFunction(
    (expected) => JSON.stringify(Array.from(document.querySelectorAll(".class-name"), (name) => name.textContent)) === expected,
    JSON.stringify(expected),
  );
  assert.equal(await page.locator("#photos-error").textContent(), "");
}

test("classes, splits and photos are changed on the page, undone and taken to another device", async () => {
  const page = await open();
  await chooseDevice(page, "cpu");
  for (const [index, label] of ["ant", "bee", "cow"].entries())
    for (let nth = 0; nth < 8; nth++) {
      await mkdir(join(folder, label), { recursive: true });
      await writeFile(join(folder, label, `${nth}.png`), await drawPhoto(page, index * 8 + nth));
    }
  await writeFile(join(folder, "ant", "twin.png"), await drawPhoto(page, 1));
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(folder);
  await page.locator("[data-testid=found-line]", { hasText: "Found 25 images belonging to 3 classes." }).waitFor();
  assert.match((await page.locator("[data-testid=understood]").textContent()) ?? "", /Each folder is a class/);
  await page.locator("#summary tbody tr").first().waitFor();
  await page.locator("#editor summary").click();

  // By the keyboard alone.
  await page.locator("#class-0").fill("<b>개미");
  await page.locator("#class-0").press("Enter");
  await namesAre(page, ["<b>개미", "bee", "cow"]);
  assert.equal(await page.locator("#misfit").isHidden(), true, "a renamed class is the same class");
  await page.locator("#tick-1").check();
  await page.locator("#tick-2").check();
  await page.locator("#merge-into").fill("others");
  await page.locator("#merge").click();
  await namesAre(page, ["<b>개미", "others"]);
  await page.locator("#misfit", { hasText: "The network was made for <b>개미, bee, cow" }).waitFor();
  await page.locator("#undo-photos").click();
  await namesAre(page, ["<b>개미", "bee", "cow"]);
  assert.equal(await page.locator("#misfit").isHidden(), true);
  await page.locator("#redo-photos").click();
  await namesAre(page, ["<b>개미", "others"]);
  await page.locator("#new-network").click();
  await page.locator("#misfit").waitFor({ state: "hidden" });

  await page.locator("#split-train").fill("4");
  await page.locator("#split-validation").fill("2");
  await page.locator("#split-test").fill("2");
  await page.locator("#split-by").selectOption("name");
  await page.locator("#share-out").click();
  await page.locator(".balance[aria-label='others: 4 for training, 2 for validation, 2 for the test']").waitFor();
  await page.locator("#split-train").fill("400");
  await page.locator("#share-out").click();
  await page.locator("#photos-error", { hasText: /fewer than 400 to train with/ }).waitFor();
  await page.locator("#split-train").fill("");
  await page.locator("#split-validation").fill("25%");
  await page.locator("#split-test").fill("25%");
  await page.locator("#share-out").click();
  await page.locator(".balance[aria-label^='others: 8 for training, 4 for validation, 4 for']").waitFor();

  await page.locator(".thumbnail").first().waitFor();
  const path = await page.locator(".thumbnail").first().getAttribute("aria-label");
  await page.locator(".thumbnail").first().focus();
  await page.keyboard.press("Enter");
  await page.locator("#move-class").selectOption("others");
  await page.locator("#move-split").selectOption("test");
  await page.locator("#move-photo").click();
  await page.locator(".balance[aria-label^='others: 8 for training, 4 for validation, 5 for']").waitFor();
  assert.ok(path);

  await page.locator("#new-class").fill("새");
  const [tiny] = await drawPhotos(page, 1, { from: 90, side: 20 });
  await page.locator("#add-new-class").setInputFiles([
    { name: "a.png", mimeType: "image/png", buffer: tiny },
    { name: "b.png", mimeType: "image/png", buffer: Buffer.from("no photo") },
  ]);
  await namesAre(page, ["<b>개미", "others", "새"]);
  assert.match((await page.locator("#rejected").textContent()) ?? "", /b\.png.*not a JPEG/);

  await page.locator("#examine").click();
  // The twin is in another split: that is an alarm, and told once.
  await page.locator("#leaks").waitFor();
  assert.match((await page.locator("#leaks").textContent()) ?? "", /twin\.png/);
  assert.equal(await page.locator("#exact").count(), 0);
  assert.match((await page.locator("#tiny").textContent()) ?? "", /1 photo is tiny.*a\.png \(training\)$/);
  await page.locator("#unequal", { hasText: "class_weight" }).waitFor();

  const before = await page.locator(".balance").evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-label")));
  await chooseDevice(page, "webgpu");
  await namesAre(page, ["<b>개미", "others", "새"]);
  assert.deepEqual(
    await page.locator(".balance").evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-label"))),
    before,
  );
  assert.equal(await page.locator("#found b, #editor b").count(), 0, "names are text");
  assert.deepEqual(await names(page), ["<b>개미", "others", "새"]);
});

test("photos are added by the webcam and by pasting", async () => {
  const page = await open({ permissions: ["camera"] });
  await chooseDevice(page, "cpu");
  for (const label of ["red", "blue"])
    for (let nth = 0; nth < 4; nth++) {
      await mkdir(join(folder, "small", label), { recursive: true });
      await writeFile(join(folder, "small", label, `${nth}.png`), await drawPhoto(page, nth + label.length * 10));
    }
  await page.locator("#image-size").fill("64");
  await page.locator("#choose-folder").setInputFiles(join(folder, "small"));
  await page.locator("[data-testid=found-line]", { hasText: "Found 8 images" }).waitFor();
  await page.locator("#editor summary").click();
  await page.locator("#webcam-new-class").click();
  await page.locator("#photos-error", { hasText: "Name the class first" }).waitFor();
  await page.locator("#new-class").fill("me");
  await page.locator("#webcam-new-class").click();
  await page.locator("#webcam-burst").click();
  await page.locator("[data-testid=found-line]", { hasText: "Found 28 images belonging to 3 classes." }).waitFor();
  assert.deepEqual(await names(page), ["blue", "red", "me"]);
  await page.locator("#webcam-close").click();
  const bytes = Array.from(await drawPhoto(page, 70));
  await page.locator("#paste-class-0").evaluate((element, bytes) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, bytes);
  await page.locator("[data-testid=found-line]", { hasText: "Found 29 images" }).waitFor();
  assert.equal(await page.locator("#predictions li").count(), 0, "what is pasted here is not classified");
});
