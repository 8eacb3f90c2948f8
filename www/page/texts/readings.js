/** What the page says of the ways in which a folder can be read. */
import { count } from "./count.js";

/** @typedef {import("../../shared/types.js").Reading} Reading */

export const en = {
  title: "Choose what the classes come from",
  hint: "Folders, file names, or a column of a table: look at what each would give, then read the photos that way.",
  label: "Classes from",
  looking: "Looking at the folder…",
  none: "No other way to read this folder gives two classes.",
  way: (/** @type {Reading} */ { layout, by, table, column }) =>
    layout === "auto"
      ? `most likely (${{ folders: "the folders", names: "the file names", table: "a table" }[by]})`
      : layout === "folders"
        ? "the folders"
        : layout === "names"
          ? "the file names"
          : [column ? `column ${column}` : "a column per class", table ? `of ${table}` : ""].join(" ").trim(),
  sum: (/** @type {number} */ classes, /** @type {number} */ photos) => `${count(classes)} classes, ${count(photos)} photos`,
  now: "Now",
  then: "Then",
  unread: "The photos could not be read.",
  photos: count,
  more: (/** @type {number} */ n) => `and ${count(n)} more`,
  read: "Read the photos this way",
};

/** @type {typeof en} */
export const ko = {
  title: "클래스를 무엇으로 정할지 고르기",
  hint: "폴더, 파일 이름, 또는 표의 열 가운데에서 고릅니다. 각각의 결과를 먼저 보고 그 방법으로 사진을 읽을 수 있습니다.",
  label: "클래스 기준",
  looking: "폴더를 살펴보는 중…",
  none: "이 폴더를 달리 읽어서 클래스가 둘 이상 되는 방법이 없습니다.",
  way: ({ layout, by, table, column }) =>
    layout === "auto"
      ? `가장 그럴듯한 것 (${{ folders: "폴더", names: "파일 이름", table: "표" }[by]})`
      : layout === "folders"
        ? "폴더"
        : layout === "names"
          ? "파일 이름"
          : [table ? `${table}의` : "", column ? `${column} 열` : "클래스마다 한 열"].join(" ").trim(),
  sum: (classes, photos) => `클래스 ${count(classes)}개, 사진 ${count(photos)}장`,
  now: "지금",
  then: "바꾼 뒤",
  unread: "사진을 읽지 못했습니다.",
  photos: count,
  more: (n) => `그 밖에 ${count(n)}개`,
  read: "이 방법으로 사진 읽기",
};
