import { chromium } from "playwright-core";

const CHROMIUM = process.env.FOVEA_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--disable-gpu-watchdog"];
/** WebGPU on the software adapter: test machines have no GPU, and results are to be equal. WebGL does with the like. */
const SOFTWARE = ["--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];

/**
 * @param {{ gpu?: boolean }} [options] whether to compute on the machine's own GPU
 * @returns {Promise<import("playwright-core").Browser>}
 */
export function startChromium({ gpu = false } = {}) {
  return chromium.launch({ executablePath: CHROMIUM, args: gpu ? FLAGS : [...FLAGS, ...SOFTWARE] });
}

/**
 * One that keeps what pages store, as a user's does.
 * @param {string} profile a folder
 * @returns {Promise<import("playwright-core").BrowserContext>}
 */
export function startKeepingChromium(profile) {
  return chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: [...FLAGS, ...SOFTWARE] });
}
