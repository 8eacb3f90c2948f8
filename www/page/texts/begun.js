/** What the page says of a dataset that is begun with its classes alone, and of the webcam. */

/** @param {string[]} labels */
const list = (labels) => (labels.length > 4 ? `${labels.slice(0, 3).join(", ")} …` : labels.join(", "));

export const en = {
  title: "Start without photos",
  text: "Name your classes, then add photos by webcam, by pasting or from files.",
  button: "Start with empty classes",
  class: (/** @type {number} */ n) => `Class ${n}`,
  hint: "Name each class and add its photos; about 20 per class are enough to start. They are split into training, validation and test photos.",
  empty: "No photos yet.",
  change: "Merge classes, split the photos again",
  addClass: "Add a class",
  second: "A classifier needs at least two classes: add a second one.",
  missing: (/** @type {string[]} */ labels) =>
    labels.length === 1
      ? `${labels[0]} has no training photo yet. Add some in panel 1, or leave the class out.`
      : `These classes have no training photos yet: ${list(labels)}. Add some in panel 1; the network appears then.`,
  webcam: (/** @type {string} */ label) => `Webcam: ${label}`,
  hold: "Hold to take photos",
  burst: (/** @type {number} */ n) => `Take ${n}`,
  taken: (/** @type {number} */ n) => (n === 1 ? "1 photo taken" : `${n} photos taken`),
  look: "Turn and move the object: the network only knows the sides it has seen.",
};

/** @type {typeof en} */
export const ko = {
  title: "사진 없이 시작하기",
  text: "클래스의 이름을 정하고 웹캠으로 찍거나, 붙여 넣거나, 파일을 고르세요.",
  button: "빈 클래스로 시작하기",
  class: (n) => `클래스 ${n}`,
  hint: "클래스마다 이름과 사진을 주세요. 20장쯤이면 시작할 수 있습니다. 사진은 학습, 검증, 테스트로 나뉩니다.",
  empty: "아직 사진이 없습니다.",
  change: "클래스 합치기, 사진 다시 나누기",
  addClass: "클래스 더하기",
  second: "신경망은 클래스를 구별합니다. 클래스를 하나 더 만드세요.",
  missing: (labels) =>
    `아직 학습 사진이 없는 클래스: ${list(labels)}. 1번 패널에서 사진을 더하면 신경망이 나타납니다.`,
  webcam: (label) => `웹캠: ${label}`,
  hold: "누르고 있는 동안 찍기",
  burst: (n) => `${n}장 찍기`,
  taken: (n) => `사진 ${n}장을 찍었습니다`,
  look: "보여 주는 것을 돌리고 움직이세요. 한쪽만 본 신경망은 한쪽만 압니다.",
};
