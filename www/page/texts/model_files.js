/** What the page says of model files. */
import { count } from "./count.js";

/** Names in a sentence; the first ones of many. */
const listed = (/** @type {string[]} */ names) => names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
const megabytes = (/** @type {number} */ bytes) => count(Math.round(bytes / 1e5) / 10);

export const en = {
  saveTitle: "Save the network",
  saveAs: "File format",
  /** Where a file of each format runs. @type {Record<import("../../lab.js").ModelFormatId | "project", string>} */
  formats: {
    safetensors: "Fovea opens it again, and still knows which photos it was trained with.",
    keras: "Keras 3 in Python opens it and goes on training it.",
    h5: "The format of the book: Keras 2 and TensorFlow open it, too.",
    onnx: "ONNX Runtime runs it on almost any device and in any language.",
    tfjs: "TensorFlow.js runs it in any web page: unpack the .zip and load its model.json.",
    project: "A folder to go on with in Python: the network, your splits as .csv, and a train.py for Keras 3, for one machine or many.",
  },
  project: "project .zip",
  withPhotos: (/** @type {number} */ photos, /** @type {number} */ bytes) =>
    `With the photos, at the size that the network sees: ${count(photos)}, ${megabytes(bytes)} MB at most`,
  projectNeedsPhotos: "A project has the photos' splits in it: choose the photos in panel 1 first, or another file format.",
  projectNeedsSettings: "A project has the settings of training in it: one of those in panel 3 is missing, or out of range.",
  notSaved: "Saving was cancelled.",
  save: "Save the network",
  saving: "Saving…",
  saved: (/** @type {string} */ filename) => `Saved as ${filename}.`,
  openTitle: "Open a network",
  openText:
    "One that was saved here, by Keras (.keras, .h5), by PyTorch or others as ONNX (.onnx), or by TensorFlow.js or Teachable Machine (model.json with the files beside it, or a .zip of them). The content tells what a file is, not its name. Drop the files here, or",
  open: "Choose files",
  dropNow: "Let go to open the network",
  noFile: "What was dropped was not a file.",
  stages: {
    reading: (/** @type {number} */ done, /** @type {number} */ total) =>
      total ? `${megabytes(done)} of ${megabytes(total)} MB read` : "Opening the file…",
    converting: () => "Building the network from the file…",
    loading: () => "Loading the network…",
    building: () => "Building the project…",
    photos: (/** @type {number} */ done, /** @type {number} */ total) => `${count(done)} of ${count(total)} photos written`,
  },
  cancel: "Cancel",
  cancelled: "Opening was cancelled. The network that was there before is still there.",
  opened: (/** @type {string} */ name, /** @type {string[]} */ classes) =>
    `Opened ${name}. Its classes: ${listed(classes)}.`,
  openedUnnamed: (/** @type {string} */ name) => `Opened ${name}.`,
  former: "The network that you trained before was not saved: “Undo the last change” in panel 2 brings it back.",
  notes: "Not everything in this file could be taken over as it was:",
  namesTitle: "What are its classes called?",
  namesText: (/** @type {number} */ n) =>
    `The file does not name the ${count(n)} classes of this network. Give each a name, in the order of the network's outputs.`,
  namesLines: "One name per line.",
  nameOf: (/** @type {number} */ nth) => `Class ${count(nth)}`,
  names: "Names of the classes",
  asPhotos: "Use the names of your photos' classes",
  useNames: "Use these names",
  named: (/** @type {string[]} */ classes) => `The classes are now called: ${listed(classes)}.`,
};

/** @type {typeof en} */
export const ko = {
  saveTitle: "신경망 저장",
  saveAs: "파일 형식",
  formats: {
    safetensors: "Fovea에서 다시 엽니다. 어떤 사진으로 학습했는지도 그대로 남습니다.",
    keras: "Python의 Keras 3에서 열어 학습을 이어 갈 수 있습니다.",
    h5: "책에서 쓰는 형식으로, Keras 2와 TensorFlow에서도 열립니다.",
    onnx: "ONNX Runtime으로 거의 모든 기기와 언어에서 실행합니다.",
    tfjs: "TensorFlow.js로 어느 웹 페이지에서나 쓸 수 있습니다. .zip을 풀고 model.json을 불러오세요.",
    project: "Python에서 이어 갈 폴더입니다. 신경망과 사진 나눔표(.csv), 컴퓨터 한 대나 여러 대에서 Keras 3으로 학습하는 train.py가 들어 있습니다.",
  },
  project: "프로젝트 .zip",
  withPhotos: (photos, bytes) => `신경망이 보는 크기의 사진도 함께: ${count(photos)}장, 최대 ${megabytes(bytes)} MB`,
  projectNeedsPhotos: "프로젝트에는 사진 나눔표가 들어갑니다. 먼저 1번 패널에서 사진을 고르거나 다른 파일 형식을 선택하세요.",
  projectNeedsSettings: "프로젝트에는 학습 설정이 들어갑니다. 3번 패널의 설정 중 비어 있거나 범위를 벗어난 것이 있습니다.",
  notSaved: "저장을 취소했습니다.",
  save: "신경망 저장",
  saving: "저장하는 중…",
  saved: (filename) => `${filename}(으)로 저장했습니다.`,
  openTitle: "신경망 열기",
  openText:
    "여기서 저장한 파일, Keras의 파일(.keras, .h5), PyTorch 등의 ONNX 파일(.onnx), TensorFlow.js나 Teachable Machine의 파일(model.json과 함께 있는 파일들, 또는 그 .zip)을 엽니다. 이름과 상관없이 내용을 보고 형식을 알아냅니다. 파일을 여기에 놓거나,",
  open: "파일 선택",
  dropNow: "놓으면 신경망을 엽니다",
  noFile: "놓은 것은 파일이 아닙니다.",
  stages: {
    reading: (done, total) => (total ? `${megabytes(total)} MB 중 ${megabytes(done)} MB 읽음` : "파일을 여는 중…"),
    converting: () => "파일에서 신경망을 만드는 중…",
    loading: () => "신경망을 불러오는 중…",
    building: () => "프로젝트를 만드는 중…",
    photos: (done, total) => `사진 ${count(total)}장 중 ${count(done)}장 기록`,
  },
  cancel: "취소",
  cancelled: "열기를 취소했습니다. 앞서 있던 신경망은 그대로 있습니다.",
  opened: (name, classes) => `${name}을(를) 열었습니다. 구별하는 클래스: ${listed(classes)}.`,
  openedUnnamed: (name) => `${name}을(를) 열었습니다.`,
  former: "전에 학습시킨 신경망은 저장하지 않았습니다. 2번 패널의 ‘마지막 변경 되돌리기’로 다시 불러올 수 있습니다.",
  notes: "이 파일에서 그대로 가져오지 못한 것이 있습니다:",
  namesTitle: "클래스 이름이 무엇인가요?",
  namesText: (n) => `이 파일에는 신경망이 구별하는 클래스 ${count(n)}개의 이름이 없습니다. 신경망의 출력 순서대로 이름을 지어 주세요.`,
  namesLines: "한 줄에 이름 하나씩 쓰세요.",
  nameOf: (nth) => `클래스 ${count(nth)}`,
  names: "클래스 이름",
  asPhotos: "사진의 클래스 이름 쓰기",
  useNames: "이 이름으로 하기",
  named: (classes) => `클래스 이름을 바꾸었습니다: ${listed(classes)}.`,
};
