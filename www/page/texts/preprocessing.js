/** What the page says of the numbers that photos become for a network. */

export const en = {
  label: "Photos become",
  hint: "A network sees well only if photos become the numbers that it was trained with. If its answers are poor, try another choice.",
  /** By their names in the API. @type {Record<string, string>} */
  kinds: {
    "1/255": "numbers from 0 to 1: the book, and most networks of one's own",
    none: "numbers from 0 to 255: EfficientNet, and others that rescale photos themselves",
    tf: "numbers from -1 to 1: MobileNet, Inception, Xception, Teachable Machine",
    torch: "less ImageNet's mean, by its deviation: PyTorch, DenseNet",
    caffe: "blue, green, red less ImageNet's mean: VGG, ResNet",
  },
};

/** @type {typeof en} */
export const ko = {
  label: "사진을 바꾸는 방식",
  hint: "신경망은 학습할 때와 같은 숫자로 사진을 받아야 제대로 봅니다. 답이 좋지 않으면 다른 방식을 골라 보세요.",
  kinds: {
    "1/255": "0에서 1 사이의 숫자: 책의 방식, 직접 만든 신경망 대부분",
    none: "0에서 255 사이의 숫자: EfficientNet처럼 스스로 조정하는 신경망",
    tf: "-1에서 1 사이의 숫자: MobileNet, Inception, Xception, Teachable Machine",
    torch: "ImageNet 평균을 빼고 표준편차로 나눔: PyTorch, DenseNet",
    caffe: "파랑·초록·빨강 순서에서 ImageNet 평균을 뺌: VGG, ResNet",
  },
};
