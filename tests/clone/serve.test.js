/**
 * What a newcomer does first, in a clone of their own. It shares the tools of the machine and cargo's target folder, and
 * nothing else.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { historyOf, trainingIs } from "../page/browser.js";
import { startChromium } from "../page/chromium.js";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET = process.env.FOVEA_TARGET ?? join(PROJECT, "target");
/** The engine may have to be compiled whole. */
const PATIENCE = 20 * 60_000;
const SHOWN = 8000;

const clone = mkdtempSync(join(tmpdir(), "fovea-clone-"));
/** Where a hook of git runs the tests, it has variables that name another repository. Trunk refuses `NO_COLOR=1`. */
const env = Object.fromEntries(
  Object.entries({ ...process.env, CARGO_TARGET_DIR: TARGET }).filter(([name]) => name !== "NO_COLOR" && !name.startsWith("GIT_")),
);

/** @type {import("node:child_process").ChildProcess | null} */
let running = null;

/** @param {NodeJS.Signals} signal */
function signal(signal) {
  try {
    // The whole group: also what it has started.
    if (running?.pid) process.kill(-running.pid, signal);
  } catch {
    // It has ended.
  }
}

function remove() {
  rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
}

async function stop() {
  const child = running;
  if (child && child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    signal("SIGTERM");
    const late = setTimeout(() => signal("SIGKILL"), 10_000);
    await ended;
    clearTimeout(late);
  }
  running = null;
}

for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"]))
  process.once(name, () => {
    signal("SIGKILL");
    remove();
    process.exit(1);
  });

/** @returns {Promise<number>} a port that was free a moment ago */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * Starts a command in the clone and waits until it serves the page.
 * @param {string} program
 * @param {string[]} words
 * @param {Record<string, string>} [more] of the environment
 * @returns {Promise<string>} the page's address
 */
async function serve(program, words, more = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(program, [...words, "--port", String(port)], {
    cwd: clone,
    env: { ...env, ...more },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said = (said + text).slice(-SHOWN)));
  /** @type {string | null} */
  let end = null;
  child.once("error", (error) => (end = error.message));
  child.once("exit", (code, signal) => (end = `it ended with ${code ?? signal}`));
  const command = [program, ...words].join(" ");
  for (const start = Date.now(); !(await answers(url)); ) {
    if (end !== null) assert.fail(`\`${command}\` does not serve the page: ${end}\n${said}`);
    if (Date.now() - start > PATIENCE) assert.fail(`\`${command}\` does not serve the page in time\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return url;
}

/** @param {string} url */
async function answers(url) {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @param {...string} words */
function git(...words) {
  return execFileSync("git", words, { cwd: clone, env, encoding: "utf8" });
}

/** @param {string} url */
async function beginning(url) {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return Buffer.from(await response.arrayBuffer()).subarray(0, 4).toString("latin1");
}

before(() => {
  // A clone has what was committed. Changes that were not are left out on purpose: a file that somebody forgot to add
  // to git is one of the faults that this is to find.
  execFileSync("git", ["clone", "--quiet", PROJECT, clone], { env });
});
afterEach(stop);
after(remove);

test("`cargo xtask serve` serves a fresh clone, and one click trains the digits", { timeout: PATIENCE }, async (t) => {
  const start = Date.now();
  const url = await serve("cargo", ["xtask", "serve"]);
  t.diagnostic(`served after ${((Date.now() - start) / 1000).toFixed(0)} s`);
  for (const made of ["node_modules/.fovea-lock", "www/demo/digits.png", "target/serve/index.html"])
    assert.ok(existsSync(join(clone, made)), `${made} was made in the clone`);

  const browser = await startChromium();
  try {
    const page = await browser.newPage({ locale: "en-GB" });
    /** @type {string[]} */
    const complaints = [];
    page.on("response", (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(url);
    await page.locator("#device-line strong").waitFor();
    await page.locator("#demo-digits").click();
    await trainingIs(page, "running", 60_000);
    await page.locator("#history tbody tr").first().waitFor({ state: "attached", timeout: 240_000 });
    await page.locator("#stop").click();
    await page.locator("#start").waitFor();
    const [{ loss }] = await historyOf(page);
    assert.ok(loss > 0 && loss < Math.log(10), `a loss of ${loss} is no better than guessing`);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
  assert.equal(git("status", "--porcelain"), "", "what is made is not taken for a change");
});

test("`trunk serve`, typed by hand after the set-up, serves the same page", { timeout: PATIENCE }, async () => {
  git("clean", "-dfxq", "--exclude=node_modules");
  execFileSync("cargo", ["xtask", "setup"], { cwd: clone, env, stdio: ["ignore", "ignore", "pipe"] });
  const toolchain = process.env.FOVEA_WASM_TOOLCHAIN;
  const url = await serve("trunk", ["serve"], toolchain ? { RUSTUP_TOOLCHAIN: toolchain } : {});
  assert.equal(await beginning(`${url}fovea_bg.wasm`), "\0asm");
  assert.equal(await beginning(`${url}www/demo/digits.png`), "\x89PNG");
  assert.equal(git("status", "--porcelain"), "");
});
