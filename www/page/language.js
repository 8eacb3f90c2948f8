/** The language that was chosen, from visit to visit. */

const KEY = "fovea.language";

/** @returns {string} the one chosen before, or else the browser's */
export function preferredLanguage() {
  try {
    return localStorage.getItem(KEY) ?? navigator.language;
  } catch {
    return navigator.language;
  }
}

/** @param {string} language */
export function saveLanguage(language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
