/** Every sentence the page says, in each of its languages. The engine's own messages are English. */

import * as augmentation from "./texts/augmentation.js";
import * as begun from "./texts/begun.js";
import * as crossValidation from "./texts/cross_validation.js";
import * as device from "./texts/device.js";
import * as health from "./texts/health.js";
import * as kept from "./texts/kept.js";
import * as left from "./texts/left.js";
import * as modelFiles from "./texts/model_files.js";
import * as network from "./texts/network.js";
import * as photo from "./texts/photo_dialog.js";
import * as photos from "./texts/photos.js";
import * as preprocessing from "./texts/preprocessing.js";
import * as readings from "./texts/readings.js";
import * as result from "./texts/result.js";
import * as threshold from "./texts/threshold.js";
import * as training from "./texts/training.js";

const en = {
  language: "English",
  tagline: "Train an image classifier on your own photos, right here in the browser.",
  promise: "No photo leaves this machine.",
  languages: "Language",
  skip: "Skip to the photos",
  race: {
    text: "How fast is this machine?",
    link: "Race Fovea against other libraries",
  },
  notices: "Licences of Fovea and of what it is made with",
  crossValidation: crossValidation.en,
  device: device.en,
  photos: photos.en,
  begun: begun.en,
  health: health.en,
  kept: kept.en,
  left: left.en,
  photo: photo.en,
  readings: readings.en,
  network: network.en,
  threshold: threshold.en,
  training: training.en,
  augmentation: augmentation.en,
  result: result.en,
  modelFiles: modelFiles.en,
  preprocessing: preprocessing.en,
};

/** @type {typeof en} */
const ko = {
  language: "한국어",
  tagline: "내 사진으로 이미지 분류기를 바로 이 브라우저에서 학습시킵니다.",
  promise: "사진은 이 기기를 떠나지 않습니다.",
  languages: "언어",
  skip: "사진으로 건너뛰기",
  race: {
    text: "이 기기는 얼마나 빠를까요?",
    link: "다른 라이브러리와 속도 경주하기",
  },
  notices: "Fovea와 사용된 라이브러리의 라이선스",
  crossValidation: crossValidation.ko,
  device: device.ko,
  photos: photos.ko,
  begun: begun.ko,
  health: health.ko,
  kept: kept.ko,
  left: left.ko,
  photo: photo.ko,
  readings: readings.ko,
  network: network.ko,
  threshold: threshold.ko,
  training: training.ko,
  augmentation: augmentation.ko,
  result: result.ko,
  modelFiles: modelFiles.ko,
  preprocessing: preprocessing.ko,
};

/** @type {Record<string, typeof en>} */
const languages = { en, ko };

/** The texts in the language chosen. */
export let t = en;

/** @returns {[string, string][]} each language's code and own name */
export function languageNames() {
  return Object.entries(languages).map(([code, texts]) => [code, texts.language]);
}

/**
 * @param {string} wanted such as "ko" or "ko-KR"; a language that is not there gives English
 * @returns {string} the code taken
 */
export function setLanguage(wanted) {
  const code = wanted.split("-")[0];
  const taken = Object.hasOwn(languages, code) ? code : "en";
  t = languages[taken];
  document.documentElement.lang = taken;
  return taken;
}
