/**
 * Which of several encodings a text is in, by how odd it looks in each. The detector knows what web pages are in; DOS
 * and the Macs of before, in whose encodings archives have their names and spreadsheets save tables, are told here.
 */

/** The upper half of the code pages of DOS that browsers do not decode: western and central European. */
const UPPER = {
  cp850:
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" +
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0",
  cp852:
    "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐" +
    "└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0",
};

/** @typedef {keyof typeof UPPER | string} Encoding as TextDecoder calls it, or one of those */

/**
 * @param {Uint8Array} bytes
 * @param {Encoding} encoding
 * @returns {string}
 */
export function decodeAs(bytes, encoding) {
  const upper = encoding in UPPER ? UPPER[/** @type {keyof typeof UPPER} */ (encoding)] : "";
  if (!upper) return new TextDecoder(encoding).decode(bytes);
  return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : upper[byte - 128])).join("");
}

/**
 * @param {Uint8Array} bytes
 * @param {Encoding[]} encodings the likelier ones first
 * @returns {Encoding} the one in which the text is the least odd
 */
export function leastOdd(bytes, encodings) {
  let [best, least] = [encodings[0], Infinity];
  for (const encoding of encodings) {
    const odd = oddness(decodeAs(bytes, encoding));
    if (odd < least) [best, least] = [encoding, odd];
  }
  return best;
}

/** What no text has. */
const NEVER = /[\p{Cc}\p{Cn}\p{Co}\ufffd]/u;
/** What is hardly ever written, or only in pairs. */
const RARE = /[‚„†‡ˆ‰‹›˜¦¨¬¯´¸¤\u2500-\u25ff]/u;
const SYMBOL = /\p{S}/u;
/** What stands between letters: an apostrophe, and the dots of Catalan and Japanese. */
const JOINS = /[’'·・‐\u00ad]/u;
const LETTER = /[\p{L}\p{M}]/u;
const LATIN = /\p{Script=Latin}/u;

/**
 * How odd a text is, per character that is not ASCII.
 * @param {string} text
 * @returns {number}
 */
function oddness(text) {
  const letters = Array.from(text);
  let [odd, count] = [0, 0];
  for (const [at, letter] of letters.entries()) {
    if (letter.charCodeAt(0) < 128) continue;
    count++;
    odd += oddOf(letters[at - 1] ?? " ", letter, letters[at + 1] ?? " ");
  }
  return odd / Math.max(count, 1);
}

/**
 * @param {string} before
 * @param {string} letter
 * @param {string} after
 * @returns {number}
 */
function oddOf(before, letter, after) {
  if (NEVER.test(letter)) return 10;
  const [left, right] = [LETTER.test(before), LETTER.test(after)];
  if (!LETTER.test(letter)) {
    const touches = SYMBOL.test(letter) ? left || right : left && right && !JOINS.test(letter);
    return (RARE.test(letter) ? 1 : 0) + (touches ? 2 : 0);
  }
  // Words are of one script.
  if (!LATIN.test(letter)) return /[a-z]/i.test(before) || /[a-z]/i.test(after) ? 1 : 0;
  const mixed = (left && !LATIN.test(before)) || (right && !LATIN.test(after)) ? 1 : 0;
  // A capital between a capital and a small letter is as odd: LÜwenzahn.
  const inside = /\p{Lu}/u.test(before) && /\p{Lu}/u.test(letter) && /\p{Ll}/u.test(after);
  return mixed + (inside || isRaised(before, letter) ? 2 : 0) + (isRaised(letter, after) ? 1 : 0);
}

/**
 * Whether a capital follows a small letter.
 * @param {string} before
 * @param {string} letter
 */
function isRaised(before, letter) {
  return /\p{Ll}/u.test(before) && /\p{Lu}/u.test(letter);
}
