/** What the page says of augmentation. Settings have Keras' names in every language. */

export const en = {
  title: "Augmentation",
  text:
    "Every step shows the network new versions of the training photos, so that it never sees the same one twice and " +
    "memorizes fewer of them. Validation and test photos stay as they are.",
  use: "Augment the training photos",
  traps: {
    rotation_range: "Maximum rotation in degrees, in either direction.",
    width_shift_range:
      "Sideways. Below 1 it is a share of the width; from 1 on it is pixels (4 means up to 3 whole pixels); or a list to pick from.",
    height_shift_range: "Up and down. The same, for the height.",
    shear_range: "Degrees, not a fraction: the book's 0.2 is a fifth of a degree, which is too little to see.",
    zoom_range:
      "Drawn for each axis separately, so photos are also stretched. 0.2 means 0.8, 1.2; values below 1 enlarge.",
    horizontal_flip: "Swaps left and right half of the time.",
    vertical_flip: "Swaps top and bottom half of the time. Leave it off where photos have a clear up and down.",
    brightness_range: "Two factors, such as 0.8, 1.2. Values that get too bright become white.",
    channel_shift_range: "Out of 255. The same shift for all three channels, so photos get brighter or darker but keep their colours.",
    fill_mode: "What fills the area beyond the photo's edge.",
    cval: "The grey that fills it, from 0 to 255.",
  },
  slider: (/** @type {string} */ name) => `${name}, with a slider`,
  none: "None",
  original: (/** @type {string} */ path) => `${path}, as it is`,
  version: (/** @type {number} */ nth) => `Augmented version ${nth}`,
  caption: (/** @type {string} */ path, /** @type {string} */ label) =>
    `In the middle: ${path} (${label}), unchanged. Around it: versions that training may see.`,
  another: "Another photo",
  again: "Draw again",
  book: "The book's settings",
};

/** @type {typeof en} */
export const ko = {
  title: "데이터 증식",
  text:
    "스텝마다 학습 사진을 다르게 바꾸어 보여 주므로 신경망은 같은 사진을 두 번 보지 않고 덜 외웁니다. " +
    "검증 사진과 테스트 사진은 그대로입니다.",
  use: "학습 사진을 증식하기",
  traps: {
    rotation_range: "도 단위, 양쪽으로.",
    width_shift_range:
      "좌우로. 1보다 작으면 너비에 대한 비율, 1부터는 픽셀(4이면 3까지의 정수), 또는 골라 쓸 목록.",
    height_shift_range: "위아래로. 높이에 대해 같습니다.",
    shear_range: "이것도 비율이 아니라 도입니다. 책의 0.2는 1/5도라서 눈에 보이지 않습니다.",
    zoom_range: "축마다 따로 뽑으므로 사진이 늘어나기도 합니다. 0.2는 0.8, 1.2와 같고, 1보다 작으면 커집니다.",
    horizontal_flip: "절반은 좌우가 바뀝니다.",
    vertical_flip: "절반은 위아래가 바뀝니다. 위아래가 있는 것에는 맞지 않습니다.",
    brightness_range: "0.8, 1.2처럼 두 배율. 너무 밝아지면 흰색에 머뭅니다.",
    channel_shift_range: "255 가운데. 세 채널을 똑같이 옮깁니다. 색이 아니라 밝기가 바뀝니다.",
    fill_mode: "사진 가장자리 너머에 보이는 것.",
    cval: "그곳을 채우는 회색, 0에서 255까지.",
  },
  slider: (name) => `${name} 슬라이더`,
  none: "None",
  original: (path) => `${path} 원본`,
  version: (nth) => `증식한 사진 ${nth}`,
  caption: (path, label) => `가운데는 원본 ${path} (${label}), 둘레는 학습에 쓰일 수 있는 모습입니다.`,
  another: "다른 사진",
  again: "다시 뽑기",
  book: "책의 설정",
};
