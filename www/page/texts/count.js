/**
 * @param {number} n
 * @returns {string} as the page's language writes it
 */
export const count = (n) => n.toLocaleString(document.documentElement.lang || "en");
