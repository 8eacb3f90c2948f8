/** What the page says of the photos' health. */

export const en = {
  examine: "Check the photos",
  contradictions: (/** @type {number} */ n) =>
    `${n === 1 ? "1 photo is" : `${n} photos are`} in more than one class, so the network is told two answers for the same picture. Decide which class is right, and leave the others out.`,
  leaks: (/** @type {number} */ n) =>
    `${n === 1 ? "1 photo is" : `${n} photos are`} in more than one split, so the network is tested with what it has learnt. One of each is enough.`,
  exact: (/** @type {number} */ n) => (n === 1 ? "1 photo is there more than once" : `${n} photos are there more than once`),
  near: (/** @type {number} */ n) => (n === 1 ? "1 group of photos looks alike" : `${n} groups of photos look alike`),
  nearHint:
    "Different photos of nearly the same picture. Many are alike by chance, and nothing is wrong with them. Where two were taken one after the other, one of them may be enough.",
  blank: (/** @type {number} */ n) => (n === 1 ? "1 photo shows nothing" : `${n} photos show nothing`),
  grey: (/** @type {number} */ n) => (n === 1 ? "1 photo has no colours" : `${n} photos have no colours`),
  tiny: (/** @type {number} */ n) =>
    `${n === 1 ? "1 photo is" : `${n} photos are`} tiny: less than half the size of the network's image, in which they are a blur`,
  unequal: (/** @type {string} */ weights) =>
    `The classes are unequal. class_weight makes each count the same: ${weights}. It can be switched on in the training.`,
  fine: "Nothing is wrong: no photo twice, none blank or tiny, and the classes are about equal.",
  more: (/** @type {number} */ n) => `and ${n} more`,
  moreGroups: "Show more",
  keep: "Keep",
  out: "Leave out",
  keepAll: "Keep all of these",
  leaveOut: (/** @type {number} */ n) => (n === 1 ? "Leave out 1 photo" : `Leave out ${n} photos`),
};

/** @type {typeof en} */
export const ko = {
  examine: "사진 점검",
  contradictions: (n) =>
    `사진 ${n}장이 여러 클래스에 들어 있어, 신경망이 같은 그림에 서로 다른 답을 배우게 됩니다. 맞는 클래스를 정하고 나머지는 제외하세요.`,
  leaks: (n) => `사진 ${n}장이 여러 분할에 들어 있어, 배운 사진으로 시험하게 됩니다. 한 장씩이면 충분합니다.`,
  exact: (n) => `사진 ${n}장이 여러 번 들어 있습니다`,
  near: (n) => `비슷해 보이는 사진 ${n}묶음`,
  nearHint:
    "거의 같은 그림의 서로 다른 사진입니다. 우연히 비슷한 것이 많고, 그런 것은 그대로 두어도 됩니다. 잇달아 찍은 사진이라면 한 장으로 충분할 수 있습니다.",
  blank: (n) => `아무것도 보이지 않는 사진 ${n}장`,
  grey: (n) => `색이 없는 사진 ${n}장`,
  tiny: (n) => `너무 작은 사진 ${n}장: 네트워크가 보는 이미지의 절반보다 작아 흐릿하게 확대됩니다`,
  unequal: (weights) =>
    `클래스의 크기가 다릅니다. class_weight를 쓰면 똑같이 반영됩니다: ${weights}. 학습에서 켤 수 있습니다.`,
  fine: "문제가 없습니다. 겹치거나 비어 있거나 너무 작은 사진이 없고 클래스의 크기도 비슷합니다.",
  more: (n) => `그 밖에 ${n}건`,
  moreGroups: "더 보기",
  keep: "두기",
  out: "제외",
  keepAll: "모두 두기",
  leaveOut: (n) => `사진 ${n}장 제외`,
};
