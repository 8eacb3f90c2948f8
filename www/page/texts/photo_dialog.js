/** What the page says of one photo of a dataset, and of the gallery of all of them. */

export const en = {
  previous: "Previous photo",
  next: "Next photo",
  place: (/** @type {number} */ nth, /** @type {number} */ of) => `${nth} of ${of}`,
  keys: "Click a photo, or move with the arrow keys and press Enter, to move it or leave it out.",
};

/** @type {typeof en} */
export const ko = {
  previous: "이전 사진",
  next: "다음 사진",
  place: (nth, of) => `${of}장 중 ${nth}번째`,
  keys: "사진을 누르거나, 화살표 키로 옮겨 가 Enter를 누르면 그 사진을 옮기거나 제외할 수 있습니다.",
};
