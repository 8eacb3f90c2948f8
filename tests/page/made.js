/**
 * Photos that the tests make themselves, so that none has to be brought along: as many, as large and named as those of
 * ../shared/photos are, drawn by the browser under test. The same ones each time.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startChromium } from "./chromium.js";

const MADE = fileURLToPath(new URL("../../target/made-photos", import.meta.url));
const AT_ONCE = 40;

/** @typedef {"stripes" | "discs" | "checks" | "rings" | "triangles" | "waves"} Motif */
/**
 * A class: what is on its photos, their smallest and largest side, and how many there are of each name.
 * @typedef {{ folder: string, motif: Motif, sides: [number, number], names: Record<string, number> }} Class
 */

/** @type {Class[]} */
const CLASSES = [
  {
    folder: "pets/cats",
    motif: "stripes",
    sides: [200, 440],
    names: { Bright: 17, Crossed: 37, Dark: 21, Even: 50, fine: 28, grey: 20, high: 37, inked: 35, narrow: 42, odd: 32 },
  },
  {
    folder: "pets/dogs",
    motif: "discs",
    sides: [200, 440],
    names: { aligned: 64, big: 58, blue_dotted: 54, crowded: 71, lone: 40, many: 41, pale: 45, round: 38 },
  },
  { folder: "trashnet/cardboard", motif: "checks", sides: [150, 150], names: { cardboard: 403 } },
  { folder: "trashnet/glass", motif: "rings", sides: [150, 150], names: { glass: 501 } },
  { folder: "trashnet/metal", motif: "triangles", sides: [150, 150], names: { metal: 410 } },
  { folder: "trashnet/paper", motif: "waves", sides: [150, 150], names: { paper: 594 } },
  { folder: "trashnet/plastic", motif: "stripes", sides: [150, 150], names: { plastic: 482 } },
  { folder: "trashnet/trash", motif: "discs", sides: [150, 150], names: { trash: 137 } },
];

/** The folder, once a test has asked for it: a browser is started to find it. @type {Promise<string> | undefined} */
let found;

/**
 * The folder of made photos. They are drawn once, and anew where this file or the browser has changed.
 * @returns {Promise<string>}
 */
export function madePhotos() {
  found ??= findOrDraw();
  return found;
}

/** @returns {Promise<string>} */
async function findOrDraw() {
  const browser = await startChromium();
  try {
    const source = await readFile(fileURLToPath(import.meta.url));
    const version = createHash("sha256").update(source).update(browser.version()).digest("hex").slice(0, 16);
    const folder = join(MADE, version);
    if (existsSync(folder)) return folder;
    await mkdir(MADE, { recursive: true });
    // Beside it, and renamed when all are there: tests of another process may be making theirs.
    const unfinished = await mkdtemp(join(MADE, "unfinished-"));
    const page = await browser.newPage();
    for (const [seed, made] of CLASSES.entries()) {
      const names = Object.entries(made.names).flatMap(([name, count]) =>
        Array.from({ length: count }, (_, nth) => `${made.folder}/${name}_${nth + 1}.jpg`),
      );
      await mkdir(join(unfinished, dirname(names[0])), { recursive: true });
      for (let first = 0; first < names.length; first += AT_ONCE) {
        const count = Math.min(AT_ONCE, names.length - first);
        const { motif, sides } = made;
        const jpegs = await page.evaluate(draw, { seed: seed * 10_000 + first, count, motif, sides });
        await Promise.all(jpegs.map((jpeg, nth) => writeFile(join(unfinished, names[first + nth]), Buffer.from(jpeg, "base64"))));
      }
    }
    await rename(unfinished, folder).catch(async (error) => {
      await rm(unfinished, { recursive: true });
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await browser.close();
  }
}

/**
 * Draws photos of one class, each with its own light, colours, sizes and noise. It runs in the page, and so knows
 * nothing of this module.
 * @param {{ seed: number, count: number, motif: Motif, sides: [number, number] }} given
 * @returns {Promise<string[]>} JPEGs in base64
 */
async function draw({ seed, count, motif, sides: [least, most] }) {
  const jpegs = [];
  for (let nth = 0; nth < count; nth++) {
    let state = (seed + nth + 1) * 0x9e3779b1;
    /** Mulberry32, from 0 to below 1. */
    const random = () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const between = (/** @type {number} */ low, /** @type {number} */ high) => low + (high - low) * random();
    const colour = (/** @type {number} */ light) => `hsl(${between(0, 360)} ${between(20, 80)}% ${light}%)`;
    const [width, height] = [0, 0].map(() => Math.round(between(least, most)));
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const sky = context.createLinearGradient(0, 0, between(0, width), height);
    sky.addColorStop(0, colour(between(60, 85)));
    sky.addColorStop(1, colour(between(55, 80)));
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);

    const unit = Math.min(width, height) / between(7, 11);
    context.translate(width / 2, height / 2);
    context.rotate(between(-0.4, 0.4));
    context.fillStyle = context.strokeStyle = colour(between(15, 35));
    context.lineWidth = unit * between(0.35, 0.55);
    const reach = Math.ceil(Math.hypot(width, height) / 2 / unit);
    for (let row = -reach; row <= reach; row++) {
      context.beginPath();
      if (motif === "stripes") context.rect(-reach * unit, row * unit, 2 * reach * unit, context.lineWidth);
      for (let column = -reach; column <= reach; column++) {
        const [x, y] = [(column + between(-0.1, 0.1)) * 2 * unit, (row + between(-0.1, 0.1)) * 2 * unit];
        if (motif === "discs") context.moveTo(x, y), context.arc(x, y, unit * between(0.5, 0.75), 0, 7);
        if (motif === "checks" && (row + column) % 2) context.rect(column * unit, row * unit, unit, unit);
        if (motif === "triangles") context.moveTo(x, y), context.lineTo(x + unit, y), context.lineTo(x + unit / 2, y - unit);
        if (motif === "waves") context.lineTo(column * unit, (row * 1.5 + (column % 2) / 2) * unit);
      }
      if (motif === "rings" && row > 0) context.arc(0, 0, row * unit, 0, 7);
      if (motif === "rings" || motif === "waves") context.stroke();
      else context.fill();
    }
    context.resetTransform();
    for (let grain = 0; grain < 400; grain++) {
      context.fillStyle = `hsl(0 0% ${between(0, 100)}% / 0.25)`;
      context.fillRect(between(0, width), between(0, height), between(1, 4), between(1, 4));
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    jpegs.push(btoa(text));
  }
  return jpegs;
}
