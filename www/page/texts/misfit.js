/** What the page says of a network that is not for the photos. */

/** @typedef {{ shape: number[], classes: string[] }} Input what a network is for, or what photos are */

/** @param {Input} input */
const size = ({ shape: [height, width] }) => `${width}×${height}`;

export const en = {
  size: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
    `The network was made for images of ${size(network)} pixels, and the photos are now ${size(photos)}: it cannot be trained or tested with them.`,
  channels: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
    `The network was made for ${network.shape[2] === 1 ? "grey images" : "images in colour"}, and the photos are ${photos.shape[2] === 1 ? "grey" : "in colour"}: it cannot be trained or tested with them.`,
  classes: (/** @type {Input} */ network, /** @type {Input} */ photos) =>
    `The network was made for ${network.classes.join(", ")}, and the classes are now ${photos.classes.join(", ")}: it cannot be trained or tested with them.`,
};

/** @type {typeof en} */
export const ko = {
  size: (network, photos) =>
    `신경망은 ${size(network)} 픽셀 이미지에 맞춰 만들어졌는데 지금 사진은 ${size(photos)}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
  channels: (network, photos) =>
    `신경망은 ${network.shape[2] === 1 ? "흑백" : "컬러"} 이미지에 맞춰 만들어졌는데 사진은 ${photos.shape[2] === 1 ? "흑백" : "컬러"}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
  classes: (network, photos) =>
    `신경망은 ${network.classes.join(", ")}에 맞춰 만들어졌는데 지금 클래스는 ${photos.classes.join(", ")}입니다. 이대로는 학습도 시험도 할 수 없습니다.`,
};
