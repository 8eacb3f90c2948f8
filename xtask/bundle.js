/**
 * Joins scripts and styles in what Trunk has built: a page or a worker loads a few files, and none of them waits for
 * another. Trunk runs this in Node after each build; the files that it joins stay beside them.
 */
import { join } from "node:path";
import { build } from "esbuild";

const site = process.env.TRUNK_STAGING_DIR;
if (!site) throw new Error("Trunk runs this after a build, and names the folder in TRUNK_STAGING_DIR");

/** @type {import("esbuild").BuildOptions} */
const scripts = {
  absWorkingDir: site,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  // Names stay, so that a stack trace can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  allowOverwrite: true,
  logLevel: "warning",
};

// What scripts share lies beside them, so that the addresses in it, which are relative to its file, stay true.
await build({ ...scripts, entryPoints: ["www/lab.js", "www/page/app.js"], outdir: "www", chunkNames: "shared-[hash]" });
await build({
  ...scripts,
  entryPoints: ["engine", "helper", "decoder", "converter"].map((worker) => `www/worker/${worker}_worker.js`),
  outdir: "www/worker",
  // What wasm-bindgen writes belongs to the wasm beside it. By its whole path, since files of a worker have such names, too.
  external: ["fovea", "photos", "folders", "encodings", "model_files"].map((part) => join(site, `${part}.js`)),
  chunkNames: "shared-[hash]",
});
await build({
  absWorkingDir: site,
  entryPoints: ["www/styles/page.css"],
  outfile: "www/styles/page.css",
  bundle: true,
  minify: true,
  allowOverwrite: true,
  logLevel: "warning",
});
