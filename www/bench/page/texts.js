/** Every sentence of the page of the race, in each of its languages. */
import { preferredLanguage } from "../../page/language.js";
import { ENGLISH } from "./report.js";

const en = {
  title: "The race",
  tagline: "The same network, the same batch, your machine: Fovea against other libraries that train and run networks in a browser.",
  back: "Back to Fovea",
  start: "Start the race",
  stop: "Stop",
  copyJson: "Copy as JSON",
  copyTable: "Copy as a table",
  copied: "Copied.",
  ready: "Ready. A race can take several minutes. For correct figures the machine should do nothing else meanwhile.",
  progress: "Progress of the race",
  done: "Done.",
  stopped: "Stopped.",
  now: (/** @type {string} */ measure, /** @type {string} */ contender) => `${measure}: ${contender}`,
  sizes: "Photos",
  size: ENGLISH.size,
  groups: "What is timed",
  group: { training: "Training steps", inference: "Inferences", kernels: "Each convolution alone", mobile: "A mobile network's convolutions alone" },
  contenders: "Who races",
  whole: "The whole network, in milliseconds",
  kernels: "Each convolution alone, in milliseconds",
  kinds: ENGLISH.kinds,
  depthwise: ENGLISH.depthwise,
  failed: "failed",
  machine: (/** @type {string} */ adapter, /** @type {number} */ cores) => `WebGPU adapter: ${adapter}. ${cores} cores.`,
  wait: (/** @type {number} */ ms) =>
    `This browser takes ${ms} ms to notice that the GPU is done: training steps and inferences on WebGPU that take about as long measure that wait, not the library.`,
  noAdapter: "none",
  isolated: "The page is cross-origin isolated: wasm libraries use several threads.",
  notIsolated: "The page is not cross-origin isolated, as on any plain host: wasm libraries use one thread.",
  howTitle: "What the figures are",
  how: [
    "The network is the book's for cats and dogs: four pairs of convolution and pooling, a dense layer of 512 units, one sigmoid unit. It is trained by RMSprop on the binary cross-entropy.",
    "A training step begins when the batch is handed over and ends when its loss has been read back; an inference ends when the probabilities have been read back. After two runs for warming up, the median of at least three is shown.",
    "In brackets is how many times as long as Fovea it takes on the same kind of device: WebGPU and WebGL against Fovea on WebGPU, wasm and JavaScript against Fovea on the CPU.",
    "A convolution alone is run many times in a row without waiting. Forward is with bias and relu; in the network that is raced, Fovea's is one step with the pooling above it, and its gradients begin at the pooled values, so that its figures have the pooling in them. A mobile network's convolutions are those of MobileNetV2 and EfficientNet-Lite0 at 224×224. On the CPU, Fovea's convolution alone runs on one thread; where the page is cross-origin isolated, ONNX Runtime's has all cores.",
    "Every library computes in a worker of its own, one at a time, with the settings it comes with, but for the threads of ONNX Runtime, which get all cores. One that takes too long for a measure is ended, and the table says so.",
  ],
};

/** @type {typeof en} */
const ko = {
  title: "속도 경주",
  tagline: "같은 신경망, 같은 배치, 내 기기: 브라우저에서 신경망을 학습하고 실행하는 다른 방법들과 Fovea를 견줍니다.",
  back: "Fovea로 돌아가기",
  start: "경주 시작",
  stop: "중지",
  copyJson: "JSON으로 복사",
  copyTable: "표로 복사",
  copied: "복사했습니다.",
  ready: "준비되었습니다. 몇 분 걸릴 수 있고, 기기가 다른 일을 하지 않을 때만 결과가 정확합니다.",
  progress: "경주 진행 정도",
  done: "끝났습니다.",
  stopped: "중지했습니다.",
  now: (measure, contender) => `${measure}: ${contender}`,
  sizes: "사진",
  size: ([imageSize, batch]) => `${imageSize}×${imageSize}, 배치 ${batch}`,
  groups: "재는 것",
  group: { training: "학습 단계", inference: "추론", kernels: "합성곱 하나씩", mobile: "모바일 신경망의 합성곱 하나씩" },
  contenders: "참가자",
  whole: "신경망 전체, 밀리초",
  kernels: "합성곱 하나씩, 밀리초",
  depthwise: "깊이별",
  kinds: {
    train: "학습 단계",
    predict: "추론",
    forward: "순방향",
    "input gradient": "입력 기울기",
    "kernel gradient": "커널 기울기",
  },
  failed: "실패",
  machine: (adapter, cores) => `WebGPU 어댑터: ${adapter}. 코어 ${cores}개.`,
  wait: (ms) =>
    `이 브라우저는 GPU가 끝난 것을 알아차리는 데 ${ms} ms가 걸립니다. WebGPU에서 그 정도 걸리는 학습 단계와 추론은 브라우저가 기다린 시간이지 라이브러리의 시간이 아닙니다.`,
  noAdapter: "없음",
  isolated: "페이지가 교차 출처에서 격리되어 있어, wasm 라이브러리가 여러 스레드로 계산합니다.",
  notIsolated: "보통의 호스트처럼 페이지가 교차 출처에서 격리되어 있지 않아, wasm 라이브러리가 스레드 하나로 계산합니다.",
  howTitle: "수치의 뜻",
  how: [
    "신경망은 책의 고양이와 개 신경망입니다. 합성곱과 풀링 네 쌍, 유닛 512개의 밀집층, 시그모이드 유닛 하나로 이루어집니다. 이진 교차 엔트로피에 대해 RMSprop으로 학습합니다.",
    "학습 단계는 배치를 넘길 때 시작해 손실을 읽어 올 때 끝나고, 추론은 확률을 읽어 올 때 끝납니다. 두 번 예열한 뒤 적어도 세 번 잰 값의 중앙값을 보여 줍니다.",
    "괄호 안은 같은 종류의 장치에서 Fovea의 몇 배가 걸리는지입니다. WebGPU와 WebGL은 WebGPU의 Fovea와, wasm과 JavaScript는 CPU의 Fovea와 견줍니다.",
    "합성곱 하나는 기다리지 않고 여러 번 잇따라 실행합니다. 순방향에는 편향과 relu가 들어 있습니다. 경주하는 신경망에서 Fovea의 순방향은 위의 풀링까지 한 단계이고 기울기는 풀링된 값에서 시작하므로, 수치에 풀링이 들어 있습니다. 모바일 신경망의 합성곱은 224×224의 MobileNetV2와 EfficientNet-Lite0에 있는 것들입니다. CPU에서 Fovea의 합성곱 하나는 스레드 하나로 실행되고, ONNX Runtime은 페이지가 교차 출처에서 격리되어 있으면 모든 코어를 씁니다.",
    "라이브러리는 저마다의 워커에서 한 번에 하나씩, 원래 설정대로 계산합니다. ONNX Runtime의 스레드만 모든 코어를 씁니다. 너무 오래 걸리면 중단하고 표에 그렇게 적습니다.",
  ],
};

const inKorean = preferredLanguage().startsWith("ko");
document.documentElement.lang = inKorean ? "ko" : "en";

export const t = inKorean ? ko : en;
