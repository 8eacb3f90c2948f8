/**
 * Starts every worker, so that each is bound by its page's content security policy. A worker that is started from its
 * file has the policy that came with the file, and from a plain static host none does. One that is started from a
 * `blob:` has the policy of who made it. So each starts from a line that imports its file.
 */

/** What a worker says once its file has been imported. */
const STARTED = "started";

/** Whether workers start from blobs here: known of a worker that was started so, and of a page by its first worker. */
let fromBlobs = !("document" in globalThis) && location.protocol === "blob:";
/** The page's blobs, which are few and small, by what is in them. @type {Map<string, string>} */
const blobs = new Map();

/**
 * Starts a worker and waits until its file is there. Where the page that embeds this one's scripts has a policy that
 * refuses blobs, the worker starts from its file.
 * @param {URL} url of its module
 * @param {string} name
 * @returns {Promise<Worker>}
 */
export async function startFirst(url, name) {
  const worker = await startedFromBlob(url, name);
  if (!worker) return new Worker(url, { type: "module", name });
  fromBlobs = true;
  return worker;
}

/**
 * Starts a worker as the first one was started.
 * @param {URL | string} url of its module
 * @param {string} name
 * @returns {Worker}
 */
export function startAlike(url, name) {
  return new Worker(fromBlobs ? blobFor(url) : url, { type: "module", name });
}

/**
 * @param {URL} url
 * @param {string} name
 * @returns {Promise<Worker | null>} null where it was refused, or its file could not be loaded
 */
async function startedFromBlob(url, name) {
  /** @type {Worker} */
  let worker;
  try {
    worker = new Worker(blobFor(url, `postMessage(${JSON.stringify(STARTED)});`), { type: "module", name });
  } catch {
    return null;
  }
  const started = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => data === STARTED && resolve(true);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
  });
  worker.onmessage = worker.onerror = null;
  if (started) return worker;
  worker.terminate();
  return null;
}

/**
 * @param {URL | string} url of a module
 * @param {string} [then] what runs after it
 * @returns {string} the address of a module that imports it, which ends in its name
 */
function blobFor(url, then = "") {
  const { href, pathname } = new URL(url);
  const text = `import ${JSON.stringify(href)};${then}`;
  let blob = blobs.get(text);
  if (!blob) blobs.set(text, (blob = URL.createObjectURL(new Blob([text], { type: "text/javascript" }))));
  return `${blob}#${pathname}`;
}
