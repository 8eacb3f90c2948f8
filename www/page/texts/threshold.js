/** What the page says of when a network is not sure. */
import { count } from "./count.js";

export const en = {
  title: "When it is not sure",
  text: "A network always names a class, also for a photo of something else. With a threshold it says “not sure” instead, where its answer is likely wrong or the photo is like none of the training photos. The validation photos tell where the threshold lies.",
  keep: "Right answers to keep",
  set: "Set the threshold",
  drop: "Always answer",
  starting: "Getting ready…",
  progress: (/** @type {number} */ done, /** @type {number} */ total) => `The network looks at the photos: ${count(done)} of ${count(total)}`,
  noValidation: "No photos were kept for the validation. Set a validation share above 0 and read the photos again.",
  /** @param {number} answered @param {number} all @param {string} right */
  answered: (answered, all, right) =>
    `It answers for ${count(answered)} of ${count(all)} validation photos, and ${right} of these answers are right.`,
  /** @param {number} right @param {number} wrong */
  withheld: (right, wrong) =>
    `“Not sure” costs ${right === 1 ? "1 right answer" : `${count(right)} right answers`} and saves ${wrong === 1 ? "1 wrong one" : `${count(wrong)} wrong ones`}.`,
  /** @param {string} probability @param {string} distance @param {number} known */
  limits: (probability, distance, known) =>
    `It answers from a calibrated probability of ${probability} on, for photos at most ${distance} away from ${count(known)} training photos (1 less the cosine of what the network sees).`,
  /** @param {string} probability */
  noDistance: (probability) =>
    `It answers from a calibrated probability of ${probability} on. This network is too small to tell how like two photos are.`,
  /** @param {string} keep */
  known: (keep) => `This network says when it is not sure. Its threshold keeps ${keep} of the right answers.`,
  /** @param {number} answered @param {number} all @param {string} right */
  onTest: (answered, all, right) =>
    `With its threshold it answers for ${count(answered)} of ${count(all)} test photos, and ${right} of these answers are right.`,
  unfamiliar: "Not sure: this photo is like none of the training photos.",
  uncertain: "Not sure: the likeliest answer may well be wrong.",
  confidence: (/** @type {string} */ percent) => `Likely to be right: ${percent}`,
};

/** @type {typeof en} */
export const ko = {
  title: "확신이 없을 때",
  text: "신경망은 전혀 다른 것을 찍은 사진에도 늘 어떤 클래스를 답합니다. 기준을 정해 두면 답이 틀릴 것 같거나 학습 사진과 닮지 않은 사진에는 대신 “모르겠음”이라고 답합니다. 기준은 검증 사진으로 정합니다.",
  keep: "유지할 정답 비율",
  set: "기준 정하기",
  drop: "항상 답하기",
  starting: "준비 중…",
  progress: (done, total) => `신경망이 사진을 보는 중: ${count(total)}장 중 ${count(done)}장`,
  noValidation: "검증용으로 남겨 둔 사진이 없습니다. 검증 비율을 0보다 크게 하고 사진을 다시 읽으세요.",
  answered: (answered, all, right) => `검증 사진 ${count(all)}장 중 ${count(answered)}장에 답하고, 그중 ${right}가 맞습니다.`,
  withheld: (right, wrong) => `“모르겠음”으로 맞는 답 ${count(right)}개를 잃고, 틀린 답 ${count(wrong)}개를 막습니다.`,
  limits: (probability, distance, known) =>
    `보정된 확률이 ${probability} 이상이고, 학습 사진 ${count(known)}장과의 거리가 ${distance} 이하인 사진에 답합니다(거리는 1에서 신경망이 본 것의 코사인을 뺀 값).`,
  noDistance: (probability) =>
    `보정된 확률이 ${probability} 이상일 때 답합니다. 이 신경망은 너무 작아 두 사진이 얼마나 닮았는지 알 수 없습니다.`,
  known: (keep) => `이 신경망은 확신이 없으면 그렇다고 말합니다. 맞는 답의 ${keep}를 유지하는 기준입니다.`,
  onTest: (answered, all, right) => `기준을 적용하면 테스트 사진 ${count(all)}장 중 ${count(answered)}장에 답하고, 그중 ${right}가 맞습니다.`,
  unfamiliar: "모르겠음: 이 사진은 어떤 학습 사진과도 닮지 않았습니다.",
  uncertain: "모르겠음: 가장 그럴듯한 답도 틀릴 수 있습니다.",
  confidence: (percent) => `맞을 확률 ${percent}`,
};
