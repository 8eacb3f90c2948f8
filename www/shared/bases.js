/** The trained networks that lie beside the page, or may: what new layers are put on top of. A better one is one more row. */

/** @typedef {"efficientnet_lite0" | "vgg16"} BaseId */

/**
 * @typedef {object} Base
 * @property {BaseId} id what the API calls it
 * @property {string} name
 * @property {string} file in `www/bases`
 * @property {number} version of the file: another one is fetched anew
 * @property {number} imageSize what its photos were resized to when it was trained
 * @property {"average" | "flatten"} pooling what stands between it and the dense layers of a recipe, unless told
 * @property {string} trainFrom the first of its last layers, which fine-tuning trains
 * @property {string} trainedOn
 * @property {string} licence of its weights
 */

/** @type {readonly Base[]} */
export const BASES = [
  {
    id: "efficientnet_lite0",
    name: "EfficientNet-Lite0",
    file: "efficientnet_lite0.safetensors",
    version: 1,
    imageSize: 224,
    pooling: "average",
    trainFrom: "block6a_expand_conv",
    trainedOn: "ImageNet",
    licence: "Apache-2.0",
  },
  {
    id: "vgg16",
    name: "VGG16",
    file: "vgg16.safetensors",
    version: 1,
    imageSize: 150,
    pooling: "flatten",
    trainFrom: "block5_conv1",
    trainedOn: "ImageNet",
    licence: "CC BY 4.0",
  },
];
