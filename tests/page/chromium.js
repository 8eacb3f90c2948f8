import { chromium } from "playwright-core";

const CHROMIUM = process.env.FOVEA_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--disable-gpu-watchdog"];
/** A camera that shows a test picture, and is allowed to. */
const CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
/** WebGPU on the software adapter: test machines have no GPU, and results are to be equal. WebGL does with the like. */
const SOFTWARE = ["--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];

/**
 * @param {{ gpu?: boolean }} [options] whether to compute on the machine's own GPU
 * @returns {Promise<import("playwright-core").Browser>}
 */
export function startChromium({ gpu = false } = {}) {
  return chromium.launch({ executablePath: CHROMIUM, args: gpu ? FLAGS : [...FLAGS, ...CAMERA, ...SOFTWARE] });
}

/**
 * One that keeps what pages store, as a user's does.
 * @param {string} profile a folder
 * @returns {Promise<import("playwright-core").BrowserContext>}
 */
export function startKeepingChromium(profile) {
  return chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: [...FLAGS, ...SOFTWARE] });
}
