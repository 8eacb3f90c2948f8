/** What the page says of the device that computes. */

export const en = {
  label: "Compute on",
  choices: { auto: "Automatic", webgpu: "WebGPU", cpu: "CPU" },
  opening: "Starting the engine…",
  moving: "Moving the network to the other device…",
  restart: "Start the engine again",
  lost: "The GPU stopped working. Your photos and the network are still here.",
  useCpu: "Continue on the CPU",
  tryWebgpu: "Try WebGPU again",
  kinds: { webgpu: "WebGPU", cpu: "CPU" },
  software: "software adapter",
  workers: (/** @type {number} */ n) => (n === 1 ? "1 worker" : `${n} workers`),
  locked: "The device can be changed when the training has ended.",
};

/** @type {typeof en} */
export const ko = {
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
};
