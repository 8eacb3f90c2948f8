/** What the page says of reading photos, and of those that are there. */
import * as misfit from "./misfit.js";
import { count } from "./count.js";

export const en = {
  title: "Photos",
  none: "none yet",
  status: (/** @type {number} */ photos, /** @type {number} */ classes) =>
    `${count(photos)} photos, ${classes} classes`,
  demoTitle: "Train on handwritten digits",
  demoText: "The photos come with the page. A small network learns to read them while you watch.",
  demoButton: "Start with the digits",
  folderTitle: "Use your own photos",
  folderText: "A folder or a .zip with one folder of photos per class; or file names that start with the class, such as cat.1.jpg; or a CSV of file names and labels.",
  dropHint: "Drop it here, or",
  dropNow: "Let go to read the folder",
  choose: "Choose a folder",
  imageSize: "Image size",
  validation: "Validation",
  test: "Test",
  settingsHint:
    "Photos are resized to squares of this size: stretched, or cropped to keep their proportions. Validation photos check the network after every epoch; test photos are kept for the end.",
  reread: "Read the photos again",
  reading: "Reading photos",
  progress: (/** @type {number} */ done, /** @type {number} */ total) =>
    `${count(done)} of ${count(total)} files read`,
  cancel: "Cancel",
  cancelled: "The import was cancelled. The photos that were there before are still there.",
  found: (/** @type {number} */ photos, /** @type {number} */ classes) =>
    `Found ${count(photos)} images belonging to ${classes} classes.`,
  splits: { train: "training", validation: "validation", test: "test" },
  gallery: "All photos",
  gallerySplit: "Which photos",
  galleryClass: "Class",
  allClasses: "all classes",
  balance: (/** @type {string} */ label, /** @type {number[]} */ [train, validation, test]) =>
    `${label}: ${count(train)} for training, ${count(validation)} for validation, ${count(test)} for the test`,
  more: (/** @type {number} */ n) => `and ${n} more classes`,
  rejected: (/** @type {number} */ n) => (n === 1 ? "1 file was left out" : `${count(n)} files were left out`),
  notFolder: "Drop a folder of photos, a .zip of one, or photos whose names start with their class.",
  chooseFiles: "Choose files or a .zip",
  understood: (/** @type {import("../../shared/types.js").Told} */ { by, tables, columns, splits, unused }) =>
    [
      by === "table"
        ? `${tables.join(", ")} names the classes${columns.length ? ` (columns ${columns.join(" and ")})` : ""}.`
        : by === "names"
          ? "The file names start with the class."
          : "Each folder is a class.",
      by === "folders" && tables.length ? `${tables.join(", ")} names those of photos that lie in no class folder.` : "",
      ...(unused ?? []).slice(0, 3).map(({ path, reason }) => `${path} is ${reason}.`),
      splits.length ? `The folder's own splits are kept: ${splits.join(", ")}.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  unused: (/** @type {number} */ n) => `${count(n)} more photos are in no split.`,
  change: "Change classes and splits, add photos",
  nameOf: (/** @type {string} */ label) => `Name of class ${label}`,
  tick: (/** @type {string} */ label) => `Merge ${label}`,
  dropOf: (/** @type {string} */ label) => `Leave class ${label} out`,
  dropClass: "Leave out",
  mergeInto: "Name of the merged class",
  merge: "Merge the ticked classes",
  newClass: "A new class",
  nameFirst: "Name the class first.",
  addPhotos: "Add photos",
  paste: "Paste here",
  pasteHint: "Click a name to change it. To paste a photo, click the class's paste field first.",
  webcam: "Webcam",
  noWebcam: (/** @type {string} */ reason) => `The webcam could not be used: ${reason}`,
  splitBy: "Which ones",
  drawn: "drawn by the seed",
  byName: "by name: first train, then validate, then test",
  shareOut: "Split again",
  splitHint: "A number of photos per class, or a percentage with %. Leave training empty to use all remaining photos.",
  undo: "Undo",
  redo: "Redo",
  class: "Class",
  split: "Split",
  move: "Move",
  removePhoto: "Leave this photo out",
  close: "Close",
  misfits: misfit.en,
  newNetwork: "Make a new network",
  asBase: "Use it as a base",
  baseMeans: "Keeps what the network has learned to see, and trains new last layers for your classes",
};

/** @type {typeof en} */
export const ko = {
  title: "사진",
  none: "아직 없음",
  status: (photos, classes) => `사진 ${count(photos)}장, 클래스 ${classes}개`,
  demoTitle: "손글씨 숫자로 학습하기",
  demoText: "사진은 페이지에 들어 있고, 작은 신경망이 읽는 법을 배우는 모습을 지켜볼 수 있습니다. 준비할 것이 없습니다.",
  demoButton: "숫자로 시작하기",
  folderTitle: "내 사진 사용하기",
  folderText: "클래스마다 사진 폴더를 하나씩 두고 클래스 이름을 붙인 폴더나 .zip, 또는 cat.1.jpg처럼 클래스로 시작하는 파일 이름, 또는 파일 이름과 레이블의 CSV.",
  dropHint: "여기에 폴더를 놓거나",
  dropNow: "놓으면 읽습니다",
  choose: "폴더 선택",
  imageSize: "이미지 크기",
  validation: "검증",
  test: "테스트",
  settingsHint:
    "사진은 이 크기의 정사각형이 됩니다. 늘이거나, 비율을 지키며 잘라 냅니다. 검증 사진은 학습을 지켜보고, 테스트 사진은 맨 마지막을 위해 남겨 둡니다.",
  reread: "사진 다시 읽기",
  reading: "사진 읽는 중",
  progress: (done, total) => `파일 ${count(total)}개 중 ${count(done)}개 읽음`,
  cancel: "취소",
  cancelled: "가져오기를 취소했습니다. 전에 있던 사진은 그대로 있습니다.",
  found: (photos, classes) => `클래스 ${classes}개에 속하는 이미지 ${count(photos)}장을 찾았습니다.`,
  splits: { train: "학습", validation: "검증", test: "테스트" },
  gallery: "모든 사진",
  gallerySplit: "보여 줄 사진",
  galleryClass: "클래스",
  allClasses: "모든 클래스",
  balance: (label, [train, validation, test]) =>
    `${label}: 학습 ${count(train)}장, 검증 ${count(validation)}장, 테스트 ${count(test)}장`,
  more: (n) => `그 밖의 클래스 ${n}개`,
  rejected: (n) => `파일 ${count(n)}개를 제외했습니다`,
  notFolder: "사진 폴더나 그 .zip, 또는 이름이 클래스로 시작하는 사진들을 놓으세요.",
  chooseFiles: "파일이나 .zip 선택",
  understood: ({ by, tables, columns, splits, unused }) =>
    [
      by === "table"
        ? `${tables.join(", ")} 파일이 클래스를 정합니다${columns.length ? ` (열: ${columns.join(", ")})` : ""}.`
        : by === "names"
          ? "파일 이름이 클래스로 시작합니다."
          : "폴더 하나가 클래스 하나입니다.",
      by === "folders" && tables.length ? `클래스 폴더에 들지 않은 사진의 클래스는 ${tables.join(", ")} 파일이 정합니다.` : "",
      ...(unused ?? []).slice(0, 3).map(({ path, reason }) => `${path}: ${reason}.`),
      splits.length ? `폴더에 있던 분할을 그대로 씁니다: ${splits.join(", ")}.` : "",
    ]
      .filter(Boolean)
      .join(" "),
  unused: (n) => `사진 ${count(n)}장은 어느 분할에도 들지 않았습니다.`,
  change: "클래스와 분할 바꾸기, 사진 더하기",
  nameOf: (label) => `클래스 ${label}의 이름`,
  tick: (label) => `${label} 합치기`,
  dropOf: (label) => `클래스 ${label} 제외`,
  dropClass: "제외",
  mergeInto: "합친 클래스의 이름",
  merge: "선택한 클래스 합치기",
  newClass: "새 클래스",
  nameFirst: "먼저 클래스의 이름을 정하세요.",
  addPhotos: "사진 더하기",
  paste: "여기에 붙여 넣기",
  pasteHint: "이름은 바로 고칠 수 있습니다. 사진을 붙여 넣으려면 그 클래스의 붙여 넣기 칸을 누르세요.",
  webcam: "웹캠",
  noWebcam: (reason) => `웹캠으로 찍지 못했습니다: ${reason}`,
  splitBy: "고르는 방법",
  drawn: "시드로 뽑기",
  byName: "이름순: 학습, 검증, 테스트 차례",
  shareOut: "다시 나누기",
  splitHint: "클래스마다 장수, 또는 %를 붙인 비율. 학습을 비우면 나머지를 모두 씁니다.",
  undo: "되돌리기",
  redo: "다시 하기",
  class: "클래스",
  split: "분할",
  move: "옮기기",
  removePhoto: "이 사진 제외",
  close: "닫기",
  misfits: misfit.ko,
  newNetwork: "새 신경망 만들기",
  asBase: "바탕 신경망으로 쓰기",
  baseMeans: "신경망이 배운 보는 법은 그대로 두고, 내 클래스를 위한 마지막 층만 새로 학습합니다",
};
