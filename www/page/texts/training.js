/** What the page says of training and its curves. */
import { count } from "./count.js";

export const en = {
  title: "Training",
  none: "after the network",
  empty: "The network is trained here. Add photos and choose a network first.",
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
  further: "Continue training",
  afresh: "Start over",
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
    stopped: "Stopped. The network keeps what it has learned.",
    failed: "Training failed.",
  },
  features: (/** @type {number} */ done, /** @type {number} */ total) =>
    `The base looks at each photo once: ${count(done)} of ${count(total)}`,
  preparing: (/** @type {number} */ done, /** @type {number} */ total) =>
    `Preparing the GPU: ${count(done)} of ${count(total)} operations`,
  epoch: (/** @type {number} */ epoch, /** @type {number} */ epochs) => `Epoch ${epoch} of ${epochs}`,
  step: (/** @type {number} */ step, /** @type {number} */ steps) => `step ${count(step)} of ${count(steps)}`,
  speed: (/** @type {number} */ n) => `${count(Math.round(n))} images per second`,
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
    "the network is memorizing the training photos. More photos or a Dropout layer help; so does stopping earlier.",
  documentTitle: (/** @type {number} */ percent) => `${percent} % trained`,
  finished: (/** @type {string} */ accuracy) => `Training done. Validation accuracy ${accuracy}.`,
  bestMark: "best validation",
};

/** @type {typeof en} */
export const ko = {
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
  features: (done, total) => `바탕 신경망이 사진을 한 번씩 보는 중: ${count(total)}장 중 ${count(done)}장`,
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
};
