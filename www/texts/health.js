/** What the page says of the photos' health. */

export const en = {
  examine: "Check the photos",
  leaks: (/** @type {number} */ n) =>
    `Leak: ${n} photos are in more than one split, so the test would be too easy. Leave one of each out, or move it.`,
  exact: (/** @type {number} */ n) => `${n} photos are there more than once`,
  near: (/** @type {number} */ n) => `${n} groups of photos look alike`,
  blank: (/** @type {number} */ n) => `${n} photos show nothing`,
  grey: (/** @type {number} */ n) => `${n} photos have no colours`,
  tiny: (/** @type {number} */ n) => `${n} photos are tiny: less than half the size of the network's image, in which they are a blur`,
  unequal: (/** @type {string} */ weights) =>
    `The classes are unequal. class_weight makes each count the same: ${weights}. It can be switched on in the training.`,
  fine: "Nothing is wrong: no photo twice, none blank or tiny, and the classes are about equal.",
  more: (/** @type {number} */ n) => `and ${n} more`,
};

/** @type {typeof en} */
export const ko = {
  examine: "사진 점검",
  leaks: (n) => `누출: 사진 ${n}장이 여러 분할에 들어 있어 시험이 너무 쉬워집니다. 하나를 제외하거나 옮기세요.`,
  exact: (n) => `사진 ${n}장이 여러 번 들어 있습니다`,
  near: (n) => `비슷해 보이는 사진 ${n}묶음`,
  blank: (n) => `아무것도 보이지 않는 사진 ${n}장`,
  grey: (n) => `색이 없는 사진 ${n}장`,
  tiny: (n) => `너무 작은 사진 ${n}장: 네트워크가 보는 이미지의 절반보다 작아 흐릿하게 확대됩니다`,
  unequal: (weights) =>
    `클래스의 크기가 다릅니다. class_weight를 쓰면 똑같이 반영됩니다: ${weights}. 학습에서 켤 수 있습니다.`,
  fine: "문제가 없습니다. 겹치거나 비어 있거나 너무 작은 사진이 없고 클래스의 크기도 비슷합니다.",
  more: (n) => `그 밖에 ${n}건`,
};
