/** What the page says of cross-validation and of doubtful labels. */
import { count } from "./count.js";

export const en = {
  title: "Cross-validation and doubtful labels",
  text: "One split of a few hundred photos can be lucky. Here every photo is classified by new layers that never saw it: the photos are shared out over five parts, and each part is left out of the training once.",
  start: "Cross-validate",
  stop: "Stop",
  progress: {
    features: (/** @type {number} */ done, /** @type {number} */ total) => `The base looks at each photo once: ${count(done)} of ${count(total)}`,
    fold: (/** @type {number} */ done, /** @type {number} */ total) => `${done} of ${total} parts are done`,
  },
  starting: "Getting ready…",
  accuracy: (/** @type {string} */ share, /** @type {number} */ photos, /** @type {string} */ low, /** @type {string} */ high) =>
    `${share} of ${count(photos)} photos are classified correctly. For other photos like these, expect ${low} to ${high}.`,
  none: "No label is in doubt.",
  doubtful: (/** @type {number} */ n) =>
    `${n === 1 ? "The label of 1 photo is" : `The labels of ${count(n)} photos are`} in doubt. The most doubtful come first. A photo may also be hard to tell, and its label right.`,
  says: (/** @type {string} */ label) => `labelled ${label}`,
  moveTo: (/** @type {string} */ label) => `Move to ${label}`,
  keep: "Keep",
  more: "Show more",
  changed: "Cross-validate again to see more: the photos have changed.",
};

/** @type {typeof en} */
export const ko = {
  title: "교차 검증과 의심스러운 라벨",
  text: "사진이 수백 장이면 한 번의 분할은 운에 좌우될 수 있습니다. 여기서는 모든 사진을 그 사진을 본 적 없는 새 층이 분류합니다. 사진을 다섯 부분으로 나누고, 부분마다 한 번씩 학습에서 뺍니다.",
  start: "교차 검증",
  stop: "중지",
  progress: {
    features: (done, total) => `바탕 신경망이 사진을 한 번씩 보는 중: ${count(total)}장 중 ${count(done)}장`,
    fold: (done, total) => `${total}부분 중 ${done}부분 완료`,
  },
  starting: "준비 중…",
  accuracy: (share, photos, low, high) =>
    `사진 ${count(photos)}장 중 ${share}를 맞혔습니다. 이와 비슷한 다른 사진에서는 ${low}에서 ${high} 사이로 예상됩니다.`,
  none: "의심스러운 라벨이 없습니다.",
  doubtful: (n) => `라벨이 의심스러운 사진이 ${count(n)}장 있습니다. 가장 의심스러운 것부터 보여 줍니다. 라벨은 맞고 구별하기 어려운 사진일 수도 있습니다.`,
  says: (label) => `라벨: ${label}`,
  moveTo: (label) => `${label}(으)로 옮기기`,
  keep: "그대로 두기",
  more: "더 보기",
  changed: "사진이 바뀌었습니다. 더 보려면 다시 교차 검증하세요.",
};
