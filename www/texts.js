/** Every sentence the page says, in each of its languages. The engine's own messages are English. */

import * as augmentation from "./texts/augmentation.js";
import * as begun from "./texts/begun.js";
import * as health from "./texts/health.js";
import * as kept from "./texts/kept.js";
import * as left from "./texts/left.js";
import * as photo from "./texts/photo.js";
import * as readings from "./texts/readings.js";

/** @typedef {{ shape: number[], classes: string[] }} Input what a network is for, or what photos are */

/** @param {Input} input */
const size = ({ shape: [height, width] }) => `${width}×${height}`;

/** @param {number} n */
const count = (n) => n.toLocaleString(document.documentElement.lang || "en");

const en = {
  language: "English",
  tagline: "Train an image classifier on your own photos, right here in the browser.",
  promise: "No photo leaves this machine.",
  languages: "Language",
  skip: "Skip to the photos",
  race: {
    text: "How fast is this machine?",
    link: "Race Fovea against other libraries on it",
  },
  notices: "Licences of Fovea and of what it is made with",
  device: {
    label: "Compute on",
    choices: { auto: "Automatic", webgpu: "WebGPU", cpu: "CPU" },
    opening: "Starting the engine…",
    moving: "Taking your photos and the network to the other device…",
    restart: "Start the engine again",
    lost: "The GPU stopped working. Your photos and the network are still here.",
    useCpu: "Continue on the CPU",
    tryWebgpu: "Try WebGPU again",
    kinds: { webgpu: "WebGPU", cpu: "CPU" },
    software: "software adapter",
    workers: (/** @type {number} */ n) => (n === 1 ? "1 worker" : `${n} workers`),
    locked: "The device can be changed when the training has ended.",
  },
  photos: {
    title: "Photos",
    none: "none yet",
    status: (/** @type {number} */ photos, /** @type {number} */ classes) =>
      `${count(photos)} photos, ${classes} classes`,
    demoTitle: "Train on handwritten digits",
    demoText: "The photos come with the page, and a small network learns to read them while you watch. Nothing to prepare.",
    demoButton: "Start with the digits",
    folderTitle: "Use your own photos",
    folderText: "A folder, or a .zip, with one folder of photos for each class, named as the class is; or names that begin with the class, such as cat.1.jpg; or a CSV of file names and labels.",
    dropHint: "Drop it here, or",
    dropNow: "Let go to read the folder",
    choose: "Choose a folder",
    imageSize: "Image size",
    validation: "Validation",
    test: "Test",
    settingsHint:
      "Photos become squares of this size: stretched, or cropped to keep their proportions. Validation photos watch the training; test photos are kept for the very end.",
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
    notFolder: "Drop a folder of photos, a .zip of one, or photos whose names begin with their class.",
    chooseFiles: "Choose files or a .zip",
    understood: (/** @type {import("./types.js").Told} */ { by, tables, columns, splits, unused }) =>
      [
        by === "table"
          ? `${tables.join(", ")} names the classes${columns.length ? ` (columns ${columns.join(" and ")})` : ""}.`
          : by === "names"
            ? "The file names begin with the class."
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
    pasteHint: "Names can be typed over. To paste a photo, click into a class's field for it.",
    webcam: "Webcam",
    noWebcam: (/** @type {string} */ reason) => `The webcam took no photos: ${reason}`,
    splitBy: "Which ones",
    drawn: "drawn by the seed",
    byName: "by name: first train, then validate, then test",
    shareOut: "Share out anew",
    splitHint: "A number a class, or a percentage with %. Training left empty takes all that are left.",
    undo: "Undo",
    redo: "Redo",
    class: "Class",
    split: "Split",
    move: "Move",
    removePhoto: "Leave this photo out",
    close: "Close",
    misfits: {
      size: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
        `The network was made for images of ${size(network)} pixels, and the photos are now ${size(photos)}: it cannot be trained or tested with them.`,
      channels: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
        `The network was made for ${network.shape[2] === 1 ? "grey images" : "images in colour"}, and the photos are ${photos.shape[2] === 1 ? "grey" : "in colour"}: it cannot be trained or tested with them.`,
      classes: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
        `The network was made for ${network.classes.join(", ")}, and the classes are now ${photos.classes.join(", ")}: it cannot be trained or tested with them.`,
    },
    newNetwork: "Make a new network",
  },
  begun: begun.en,
  health: health.en,
  kept: kept.en,
  left: left.en,
  photo: photo.en,
  readings: readings.en,
  network: {
    title: "Network",
    none: "after the photos",
    status: (/** @type {string} */ name, /** @type {number} */ params) => `${name}, ${count(params)} parameters`,
    empty: "Bring photos first; a network that fits them appears here.",
    recipe: "Recipe",
    custom: "Your own layers",
    file: "Opened from a file",
    layer: "Layer (type)",
    shape: "Output shape",
    params: "Param #",
    total: "Total params",
    trainable: "Trainable params",
    nonTrainable: "Non-trainable params",
    edit: (/** @type {string} */ name) => `Settings of ${name}`,
    apply: "Apply",
    remove: "Remove this layer",
    addAfter: "Add a layer below",
    add: "Add",
    noSettings: "This layer has no settings.",
    fresh: "A change starts the network with fresh weights. Undo brings the one before back, with all it has learnt.",
    undo: "Undo the last change",
    unchanged: "The network in the table is unchanged.",
    needsPhotos: "Bring photos first: their size and classes decide what the network looks like.",
  },
  training: {
    title: "Training",
    none: "after the network",
    empty: "Here the network learns. It needs photos and a network first.",
    optimizer: "optimizer",
    learningRate: "learning_rate",
    batchSize: "batch_size",
    epochs: "epochs",
    stepsPerEpoch: "steps_per_epoch",
    wholeSet: "all photos",
    alike: "none",
    balanced: "balanced",
    loss: (/** @type {string} */ name) => `loss: ${name}`,
    start: "Start training",
    further: "Train further",
    afresh: "Start afresh",
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
    statuses: {
      idle: "Ready.",
      starting: "Getting ready…",
      running: "Training.",
      paused: "Paused.",
      stopping: "Stopping…",
      done: "Done.",
      stopped: "Stopped. The network keeps what it has learnt.",
      failed: "The training broke off.",
    },
    preparing: (/** @type {number} */ done, /** @type {number} */ total) =>
      `Preparing the GPU: ${count(done)} of ${count(total)} operations`,
    epoch: (/** @type {number} */ epoch, /** @type {number} */ epochs) => `Epoch ${epoch} of ${epochs}`,
    step: (/** @type {number} */ step, /** @type {number} */ steps) => `step ${count(step)} of ${count(steps)}`,
    speed: (/** @type {number} */ n) => `${count(Math.round(n))} images a second`,
    left: (/** @type {number} */ seconds) => {
      if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s left`;
      return seconds < 5400 ? `${Math.round(seconds / 60)} min left` : `${(seconds / 3600).toFixed(1)} h left`;
    },
    lossTitle: "Loss",
    accuracyTitle: "Accuracy",
    train: "training",
    validation: "validation",
    batch: "each batch",
    running: "so far in the epoch",
    chartLabel: (/** @type {string} */ title) =>
      `${title} by epoch, training and validation. The same figures are in the table below.`,
    table: "Figures of each epoch",
    tableHeads: ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"],
    best: (/** @type {number} */ epoch, /** @type {string} */ loss) =>
      `Best validation loss so far: ${loss}, after epoch ${epoch}.`,
    overfitting: (/** @type {number} */ epoch, /** @type {string} */ from, /** @type {string} */ to) =>
      `Validation loss has risen since epoch ${epoch}, from ${from} to ${to}, while training loss went on falling: ` +
      "the network is learning the training photos by heart. More photos or a Dropout layer help; so does stopping earlier.",
    documentTitle: (/** @type {number} */ percent) => `${percent} % trained`,
    finished: (/** @type {string} */ accuracy) => `Training done. Validation accuracy ${accuracy}.`,
    bestMark: "best validation",
  },
  augmentation: augmentation.en,
  result: {
    title: "Result",
    none: "after the training",
    empty: "Train a network, or open one that was saved, and try it here.",
    testTitle: "On the test photos",
    testText: "These were never used in training. Test once, at the end: that is the honest figure.",
    evaluate: "Test the network",
    evaluating: "Testing…",
    untrained: "This network has not been trained yet, so it can only guess.",
    noTest: "No photos were kept for the test. Set a test share above 0 and read the photos again.",
    accuracy: (/** @type {string} */ percent, /** @type {number} */ photos) =>
      `${percent} of ${count(photos)} test photos are classified correctly.`,
    loss: (/** @type {string} */ loss) => `loss ${loss}`,
    seen: (/** @type {number} */ n) =>
      `${count(n)} of these photos were used to train this network, so the figure is too good. Start afresh for an honest one.`,
    confusion: "Confusion matrix",
    confusionHint: "A row for each true class, a column for what the network said.",
    cell: (/** @type {number} */ n, /** @type {string} */ truth, /** @type {string} */ said) =>
      `${n} photos of ${truth} called ${said}`,
    perClass: "Figures of each class",
    perClassHeads: ["class", "precision", "recall", "f1", "support"],
    tryTitle: "On one photo",
    tryText: "Choose, drop or paste an image.",
    choose: "Choose an image",
    random: "A random test photo",
    isReally: (/** @type {string} */ label) => `It is: ${label}`,
    noModel: "There is no network yet to classify with.",
    noHeldOut: "No photos were held out of training to pick from.",
    noImage: "There was no image in what was dropped or pasted.",
    cannotShow: "This browser cannot show the image.",
    fileTitle: "Keep it",
    fileText: "The network and its weights in one safetensors file. Opened here again it answers the same.",
    save: "Save the network",
    open: "Open a network",
    saved: (/** @type {string} */ filename) => `Saved as ${filename}.`,
    opened: (/** @type {string} */ name, /** @type {string[]} */ classes) =>
      `Opened ${name}. It tells apart: ${classes.join(", ")}.`,
    former: "The network that you trained before was not saved: “Undo the last change” in panel 2 brings it back.",
  },
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
  device: {
    label: "계산 장치",
    choices: { auto: "자동", webgpu: "WebGPU", cpu: "CPU" },
    opening: "엔진을 시작하는 중…",
    moving: "사진과 신경망을 다른 장치로 옮기는 중…",
    restart: "엔진 다시 시작",
    lost: "GPU가 작동을 멈췄습니다. 사진과 신경망은 그대로 있습니다.",
    useCpu: "CPU로 계속하기",
    tryWebgpu: "WebGPU 다시 시도하기",
    kinds: { webgpu: "WebGPU", cpu: "CPU" },
    software: "소프트웨어 어댑터",
    workers: (n) => `워커 ${n}개`,
    locked: "학습이 끝난 뒤에 장치를 바꿀 수 있습니다.",
  },
  photos: {
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
    misfits: {
      size: (network, photos) =>
        `신경망은 ${size(network)} 픽셀 이미지에 맞춰 만들어졌는데 지금 사진은 ${size(photos)}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
      channels: (network, photos) =>
        `신경망은 ${network.shape[2] === 1 ? "흑백" : "컬러"} 이미지에 맞춰 만들어졌는데 사진은 ${photos.shape[2] === 1 ? "흑백" : "컬러"}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
      classes: (network, photos) =>
        `신경망은 ${network.classes.join(", ")}에 맞춰 만들어졌는데 지금 클래스는 ${photos.classes.join(", ")}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
    },
    newNetwork: "새 신경망 만들기",
  },
  begun: begun.ko,
  health: health.ko,
  kept: kept.ko,
  left: left.ko,
  photo: photo.ko,
  readings: readings.ko,
  network: {
    title: "신경망",
    none: "사진 다음",
    status: (name, params) => `${name}, 파라미터 ${count(params)}개`,
    empty: "먼저 사진을 가져오세요. 사진에 맞는 신경망이 여기에 나타납니다.",
    recipe: "레시피",
    custom: "직접 고친 층",
    file: "파일에서 연 신경망",
    layer: "Layer (type)",
    shape: "Output shape",
    params: "Param #",
    total: "Total params",
    trainable: "Trainable params",
    nonTrainable: "Non-trainable params",
    edit: (name) => `${name} 설정`,
    apply: "적용",
    remove: "이 층 삭제",
    addAfter: "아래에 층 추가",
    add: "추가",
    noSettings: "이 층에는 설정이 없습니다.",
    fresh: "층을 바꾸면 신경망이 새 가중치로 시작합니다. 되돌리면 배운 것까지 이전 신경망이 돌아옵니다.",
    undo: "마지막 변경 되돌리기",
    unchanged: "표의 신경망은 그대로입니다.",
    needsPhotos: "먼저 사진을 가져오세요. 신경망의 모양은 사진의 크기와 클래스에 달려 있습니다.",
  },
  training: {
    title: "학습",
    none: "신경망 다음",
    empty: "여기서 신경망이 배웁니다. 먼저 사진과 신경망이 필요합니다.",
    optimizer: "optimizer",
    learningRate: "learning_rate",
    batchSize: "batch_size",
    epochs: "epochs",
    stepsPerEpoch: "steps_per_epoch",
    wholeSet: "사진 전부",
    alike: "없음",
    balanced: "클래스마다 같게",
    loss: (name) => `loss: ${name}`,
    start: "학습 시작",
    further: "더 학습하기",
    afresh: "처음부터 다시",
    pause: "일시 정지",
    resume: "계속",
    stop: "중지",
    statuses: {
      idle: "준비됨.",
      starting: "준비하는 중…",
      running: "학습 중.",
      paused: "일시 정지됨.",
      stopping: "멈추는 중…",
      done: "완료.",
      stopped: "중지됨. 지금까지 배운 것은 남습니다.",
      failed: "학습이 중단되었습니다.",
    },
    preparing: (done, total) => `GPU 준비 중: 연산 ${count(total)}개 중 ${count(done)}개`,
    epoch: (epoch, epochs) => `에포크 ${epoch}/${epochs}`,
    step: (step, steps) => `스텝 ${count(step)}/${count(steps)}`,
    speed: (n) => `초당 이미지 ${count(Math.round(n))}장`,
    left: (seconds) => {
      if (seconds < 90) return `${Math.max(1, Math.round(seconds))}초 남음`;
      return seconds < 5400 ? `${Math.round(seconds / 60)}분 남음` : `${(seconds / 3600).toFixed(1)}시간 남음`;
    },
    lossTitle: "손실",
    accuracyTitle: "정확도",
    train: "학습",
    validation: "검증",
    batch: "배치마다",
    running: "에포크 안에서 지금까지",
    chartLabel: (title) => `에포크별 ${title}, 학습과 검증. 같은 수치가 아래 표에 있습니다.`,
    table: "에포크별 수치",
    tableHeads: ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"],
    best: (epoch, loss) => `지금까지 가장 낮은 검증 손실: ${loss}, 에포크 ${epoch} 뒤.`,
    overfitting: (epoch, from, to) =>
      `검증 손실이 에포크 ${epoch}부터 ${from}에서 ${to}(으)로 올랐지만 학습 손실은 계속 내려갔습니다. ` +
      "신경망이 학습 사진을 외우고 있습니다. 사진을 늘리거나 Dropout 층을 넣거나 더 일찍 멈추면 도움이 됩니다.",
    documentTitle: (percent) => `${percent} % 학습`,
    finished: (accuracy) => `학습 완료. 검증 정확도 ${accuracy}.`,
    bestMark: "최저 검증 손실",
  },
  augmentation: augmentation.ko,
  result: {
    title: "결과",
    none: "학습 다음",
    empty: "신경망을 학습시키거나 저장한 것을 열어 여기서 시험해 보세요.",
    testTitle: "테스트 사진으로",
    testText: "학습에 한 번도 쓰지 않은 사진입니다. 마지막에 한 번 시험하세요. 그것이 정직한 수치입니다.",
    evaluate: "신경망 시험하기",
    evaluating: "시험하는 중…",
    untrained: "이 신경망은 아직 배우지 않아 찍을 수밖에 없습니다.",
    noTest: "테스트용으로 남겨 둔 사진이 없습니다. 테스트 비율을 0보다 크게 하고 사진을 다시 읽으세요.",
    accuracy: (percent, photos) => `테스트 사진 ${count(photos)}장 중 ${percent}를 바르게 분류했습니다.`,
    loss: (loss) => `loss ${loss}`,
    seen: (n) =>
      `이 사진들 가운데 ${count(n)}장은 이 신경망의 학습에 쓰였으므로 수치가 너무 좋게 나옵니다. 정직한 수치를 얻으려면 처음부터 다시 학습하세요.`,
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
    fileTitle: "간직하기",
    fileText: "신경망과 가중치를 safetensors 파일 하나에 담습니다. 여기서 다시 열면 똑같이 답합니다.",
    save: "신경망 저장",
    open: "신경망 열기",
    saved: (filename) => `${filename}(으)로 저장했습니다.`,
    opened: (name, classes) => `${name}을(를) 열었습니다. 구별하는 클래스: ${classes.join(", ")}.`,
    former: "전에 학습시킨 신경망은 저장하지 않았습니다. 2번 패널의 ‘마지막 변경 되돌리기’로 다시 불러올 수 있습니다.",
  },
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
