/** What the page says of photos that the browser keeps, and of those that it cannot. */
import { count } from "./count.js";

export const en = {
  title: "Open again",
  hint: "These photos are stored in this browser, already decoded, so they open at once. Nobody else can see them.",
  photos: (/** @type {number} */ photos) => `${count(photos)} photos`,
  part: (/** @type {number} */ total) => `part of ${count(total)} photos`,
  unfinished: "Not finished. Read the folder again to continue.",
  open: "Open",
  delete: "Delete",
  keep: "Keep",
  sure: (/** @type {string} */ title, /** @type {number} */ photos) =>
    `Delete ${title} (${count(photos)} photos) from this browser? This cannot be undone.`,
  cropped: "cropped",
  edited: "changed",
  day: (/** @type {number} */ date) =>
    new Date(date).toLocaleDateString(document.documentElement.lang || "en", { day: "numeric", month: "short" }),
  noRoom: "This browser does not have enough room to store these photos.",
  changesNotKept: (/** @type {string} */ reason) =>
    `These changes could not be kept: ${reason}. They will be lost when the page is closed.`,
  photosNotKept: (/** @type {string} */ reason) =>
    `These photos could not be kept: ${reason}. They will be gone when the page is closed.`,
  inMemory: "Keep them in memory only",
  smaller: (/** @type {number} */ side) => `Use an image size of ${side} px`,
};

/** @type {typeof en} */
export const ko = {
  title: "다시 열기",
  hint: "이 사진들은 이 브라우저에 풀어 둔 채로 있어 바로 열립니다. 다른 사람은 볼 수 없습니다.",
  photos: (photos) => `사진 ${count(photos)}장`,
  part: (total) => `사진 ${count(total)}장 중 일부`,
  unfinished: "끝나지 않음: 폴더를 다시 읽으면 이어집니다.",
  open: "열기",
  delete: "삭제",
  keep: "그대로 두기",
  sure: (title, photos) =>
    `${title}(사진 ${count(photos)}장)을 이 브라우저에서 삭제할까요? 되돌릴 수 없습니다.`,
  cropped: "잘라 냄",
  edited: "변경됨",
  day: (date) => new Date(date).toLocaleDateString("ko", { day: "numeric", month: "short" }),
  noRoom: "이 브라우저에는 이 사진들을 풀어서 보관할 자리가 모자랍니다.",
  changesNotKept: (reason) => `이번 변경은 보관하지 못했습니다: ${reason}. 페이지를 닫을 때까지는 그대로 있습니다.`,
  photosNotKept: (reason) => `이 사진들은 보관하지 못했습니다: ${reason}. 페이지를 닫을 때까지는 그대로 있습니다.`,
  inMemory: "메모리에만 두기",
  smaller: (side) => `이미지 크기를 ${side} px로`,
};
