/** What the page says of what the network can do. */
import { count } from "./count.js";

export const en = {
  title: "Result",
  none: "after the training",
  empty: "Train a network or open a saved one, then try it here.",
  testTitle: "On the test photos",
  testText: "Training on this page never uses the test photos. Test once, at the end, for an honest figure. A network remembers which photos it was trained with, also in its file.",
  evaluate: "Test the network",
  evaluating: "Testing…",
  untrained: "This network has not been trained yet, so it can only guess.",
  noTest: "No photos were kept for the test. Set a test share above 0 and read the photos again.",
  accuracy: (/** @type {string} */ percent, /** @type {number} */ photos) =>
    `${percent} of ${count(photos)} test photos are classified correctly.`,
  loss: (/** @type {string} */ loss) => `loss ${loss}`,
  seen: {
    some: (/** @type {number} */ n) =>
      `${count(n)} of these photos were used to train this network, so the figure is too good. Start over for an honest one.`,
    none: "None of these photos was used to train this network.",
    unknown:
      "Not all photos that this network was trained with are known: a base, or a file of another program, does not list them. If some of these are among them, the figure is too good.",
  },
  confusion: "Confusion matrix",
  confusionHint: "Rows are the true classes, columns the predicted ones.",
  cell: (/** @type {number} */ n, /** @type {string} */ truth, /** @type {string} */ said) =>
    `${n} photos of ${truth} called ${said}`,
  perClass: "Figures of each class",
  perClassHeads: ["class", "precision", "recall", "f1", "support"],
  tryTitle: "On one photo",
  tryText: "Choose, drop or paste an image.",
  choose: "Choose an image",
  random: "A random test photo",
  isReally: (/** @type {string} */ label) => `It is: ${label}`,
  noModel: "There is no network to classify with yet.",
  noHeldOut: "There are no validation or test photos to pick from.",
  noImage: "What was dropped or pasted was not an image.",
  cannotShow: "This browser cannot show the image.",
};

/** @type {typeof en} */
export const ko = {
  title: "결과",
  none: "학습 다음",
  empty: "신경망을 학습시키거나 저장한 것을 열어 여기서 시험해 보세요.",
  testTitle: "테스트 사진으로",
  testText: "이 페이지의 학습은 테스트 사진을 쓰지 않습니다. 정직한 수치를 얻으려면 마지막에 한 번만 시험하세요. 신경망은 어떤 사진으로 학습했는지 기억하며, 파일에도 함께 저장합니다.",
  evaluate: "신경망 시험하기",
  evaluating: "시험하는 중…",
  untrained: "이 신경망은 아직 배우지 않아 찍을 수밖에 없습니다.",
  noTest: "테스트용으로 남겨 둔 사진이 없습니다. 테스트 비율을 0보다 크게 하고 사진을 다시 읽으세요.",
  accuracy: (percent, photos) => `테스트 사진 ${count(photos)}장 중 ${percent}를 바르게 분류했습니다.`,
  loss: (loss) => `loss ${loss}`,
  seen: {
    some: (n) =>
      `이 사진들 가운데 ${count(n)}장은 이 신경망의 학습에 쓰였으므로 수치가 너무 좋게 나옵니다. 정직한 수치를 얻으려면 처음부터 다시 학습하세요.`,
    none: "이 사진들 가운데 이 신경망의 학습에 쓰인 것은 없습니다.",
    unknown:
      "이 신경망이 학습한 사진이 모두 알려져 있지는 않습니다. 바탕 신경망이나 다른 프로그램의 파일에는 사진 목록이 없기 때문입니다. 이 사진들 가운데 학습에 쓰인 것이 있으면 수치가 너무 좋게 나옵니다.",
  },
  confusion: "혼동 행렬",
  confusionHint: "행은 실제 클래스, 열은 신경망의 답입니다.",
  cell: (n, truth, said) => `${truth} 사진 ${n}장을 ${said}(이)라고 답함`,
  perClass: "클래스별 수치",
  perClassHeads: ["class", "precision", "recall", "f1", "support"],
  tryTitle: "사진 한 장으로",
  tryText: "이미지를 선택하거나, 놓거나, 붙여 넣으세요.",
  choose: "이미지 선택",
  random: "무작위 테스트 사진",
  isReally: (label) => `실제: ${label}`,
  noModel: "분류할 신경망이 아직 없습니다.",
  noHeldOut: "학습에서 따로 남겨 둔 사진이 없습니다.",
  noImage: "놓거나 붙여 넣은 것에 이미지가 없습니다.",
  cannotShow: "이 브라우저는 이 이미지를 보여 줄 수 없습니다.",
};
