/**
 * What reads and writes zip archives, loaded with the first one.
 * @returns {Promise<typeof import("@zip.js/zip.js")>}
 */
export async function zipLibrary() {
  // @ts-expect-error: Trunk puts it there
  const zip = /** @type {typeof import("@zip.js/zip.js")} */ (await import("../../../vendor/index-native.min.js"));
  // Whoever uses it is a worker already.
  zip.configure({ useWebWorkers: false });
  return zip;
}
