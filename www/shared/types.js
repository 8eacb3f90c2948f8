/**
 * The shapes that cross the page, the worker and the engine. Types alone: nothing here runs.
 * What the user sees has Keras' names.
 *
 * What the engine takes and gives is declared by the engine: plain data in engine.d.ts, which its tests write from its
 * own types, and its classes in the declarations that wasm-bindgen writes beside the wasm. Here are the names of those,
 * and the shapes that JavaScript alone knows.
 */

/**
 * @typedef {import("../engine.d.ts").Split} Split
 * @typedef {import("../engine.d.ts").Prediction} Prediction
 * @typedef {import("../engine.d.ts").RecipeInfo} Recipe
 * @typedef {import("../engine.d.ts").RecipeDefaults} RecipeDefaults
 * @typedef {import("../engine.d.ts").DeviceReport} DeviceInfo
 * @typedef {import("../engine.d.ts").Sizing} Sizing
 * @typedef {import("../engine.d.ts").LayoutKind} LayoutKind
 * @typedef {import("../engine.d.ts").Told} Told
 * @typedef {import("../engine.d.ts").Reading} Reading one way to read a folder
 * @typedef {import("../engine.d.ts").LeftOut} LeftOut
 * @typedef {import("../engine.d.ts").DatasetSummary} DatasetSummary
 * @typedef {import("../engine.d.ts").LayerSpec} LayerSpec
 * @typedef {import("../engine.d.ts").LayerReport} LayerSummary a layer of a model
 * @typedef {import("../engine.d.ts").ModelReport} EngineModel
 * @typedef {Partial<import("../engine.d.ts").Augmentation>} Augmentation
 * @typedef {import("../engine.d.ts").History} History
 * @typedef {import("../engine.d.ts").Timing} Part an operation of a training step, with its time
 * @typedef {import("../engine.d.ts").Tuning} Tuning
 * @typedef {import("../engine.d.ts").Evaluation} Evaluation
 * @typedef {import("../engine.d.ts").CrossValidation} CrossValidation
 * @typedef {import("../engine.d.ts").Doubtful} Doubtful a photo whose label may be wrong
 * @typedef {import("../engine.d.ts").ThresholdReport} ThresholdReport
 * @typedef {import("../engine.d.ts").NotSure} NotSure
 * @typedef {import("../engine.d.ts").Answers} Answers
 * @typedef {import("../engine.d.ts").Event} EngineEvent
 */

/**
 * The engine's classes.
 * @typedef {import("../../fovea.js").Engine} Engine
 * @typedef {import("../../folders.js").Contents} FolderContents
 * @typedef {import("../../fovea.js").Importer} EngineImporter
 * @typedef {import("../../fovea.js").Snapshot} EngineSnapshot
 * @typedef {import("../../fovea.js").PhotoStore} EngineStore
 * @typedef {import("../../fovea.js").Addition} EngineAddition
 * @typedef {import("../../photos.js").Decoder} EngineDecoder
 * @typedef {import("../../fovea.js").LabelledImage} EngineImage
 * @typedef {import("../../photos.js").DecodedPhoto & { sign?: Uint8Array }} Decoded `sign`: of the file's content, where it came
 *   from a decoder's worker
 */

/**
 * @typedef {import("../engine.d.ts").OpenOptions["device"]} DeviceChoice
 * @typedef {{ path: string, blob: Blob }} Entry a photo and its path in the chosen folder
 */

/**
 * @typedef {object} Progress of an import
 * @property {number} done files
 * @property {number} total
 * @property {number} rejected
 * @property {number} [decoded] files that were decoded, or tried
 * @property {number} [imagesPerSecond]
 * @property {number} [etaSeconds]
 */

/**
 * @typedef {object} ModelProgress of opening a model
 * @property {"reading" | "converting" | "loading"} stage
 * @property {number} done bytes that were read
 * @property {number} total bytes of its files; 0 in the stages that come after reading, whose length is not known
 */

/**
 * @typedef {object} ModelOptions
 * @property {string[]} [classes] what its classes are called, in the order of its outputs, if its file does not say it, or
 *   instead of what it says
 * @property {"1/255" | "none" | "caffe" | "torch" | "tf"} [preprocessing] what another program's network wants the values of photos to
 *   be, if its file does not say it: from 0 to 1, which it is unless told; from -1 to 1; from 0 to 255; or less ImageNet's means and
 *   by its deviations. It becomes a layer of the network
 * @property {AbortSignal} [signal] cancels it
 * @property {(progress: ModelProgress) => void} [onProgress]
 */

/**
 * @typedef {Omit<FitOptions, "initial" | "augmentation"> & {
 *   folds?: number,
 *   signal?: AbortSignal,
 *   onProgress?: (progress: { stage: "features" | "fold", done: number, total: number }) => void,
 * }} CrossValidationOptions `onProgress` tells of photos that the base has looked at, and of folds
 */

/**
 * @typedef {{
 *   keep?: number,
 *   signal?: AbortSignal,
 *   onProgress?: (progress: { stage: "features", done: number, total: number }) => void,
 * }} ThresholdOptions `keep`: the share of right answers that is let through, above 0 and at most 1
 */

/** @typedef {Prediction[] & { confidence?: number, notSure?: false | NotSure }} Predictions */

/**
 * @typedef {object} CreateOptions
 * @property {string} [recipe]
 * @property {LayerSpec[]} [layers]
 * @property {import("../lab.js").Model | import("./bases.js").BaseId} [base] a model, or one of lab.bases(), which is loaded
 * @property {string} [through] the last of the base's layers that is used
 * @property {"average" | "flatten"} [pooling] between a base and a recipe's dense layers: the means of each channel, or all values
 * @property {string} [trainFrom]
 * @property {import("../lab.js").Dataset} dataset
 * @property {AbortSignal} [signal] cancels the loading of a base
 * @property {(progress: ModelProgress) => void} [onProgress] of the loading of a base
 */

/**
 * @typedef {object} LabOptions
 * @property {DeviceChoice} [device]
 * @property {number} [seed]
 * @property {number} [workers] that share the CPU's work; one a core unless told, and eight at the most
 */

/**
 * How photos become a dataset: the engine's options, all of which may be left out, and these.
 * @typedef {Partial<import("../engine.d.ts").ImportOptions> & {
 *   storage?: "auto" | "memory",
 *   signal?: AbortSignal,
 * }} ImportOptions `storage`: where decoded photos go; "auto" keeps them in this browser, where it can, for the next visit.
 *   `signal` cancels the import; what was decoded until then is kept
 */

/**
 * What a dataset is begun with, before there are photos; `splitBy` is "name" unless told.
 * @typedef {Omit<ImportOptions, "layout" | "table" | "column" | "signal"> & { classes?: string[] }} BeginOptions names of classes, none unless told;
 *   more can be made by edit() and add()
 */

/**
 * @typedef {object} Kept a dataset that this browser keeps
 * @property {string} id
 * @property {string} name of the folder; empty where there was none
 * @property {string[]} classes none of an import that was not finished
 * @property {number} photos that are kept, as far as is known
 * @property {number} total photos that there are to keep: the folder's, or those that are left after changes
 * @property {number} bytes that they take, or will
 * @property {boolean} finished whether it can be opened; else its folder has to be imported again, which then goes on
 * @property {boolean} [edited] whether it was changed since: then reading its folder again begins another one
 * @property {number} date of the import, in milliseconds since 1970
 * @property {Sizing} sizing
 * @property {string} store
 */

/**
 * What came of keeping a dataset.
 * @typedef {object} Keeping
 * @property {Kept} kept what is kept now
 * @property {string} notKept why the dataset as it is now could not be kept, without a full stop; empty where it is
 */

/**
 * A change of a dataset; photos are meant by their paths.
 * @typedef {{ create: string } | { rename: string, to: string } | { merge: string[], into: string } | { drop: string } | { remove: string[] }
 *   | { move: string[], class?: string, split?: Split } | SplitEdit} Edit
 */

/** @typedef {Pick<ImportOptions, "train" | "validation" | "test" | "splitBy" | "seed">} SplitEdit all photos shared out anew */

/** @typedef {{ path: string, label: string, split: Split, index: number }} HealthPhoto */
/** @typedef {{ photos: HealthPhoto[], leak: boolean }} Twins with `leak` where they are in more than one split */

/**
 * What may be wrong with a dataset.
 * @typedef {object} Health
 * @property {Twins[]} contradictions the same photo in more than one class
 * @property {Twins[]} exact the same photo more than once in a class; with `leak` the test is too easy
 * @property {Twins[]} near different photos that look alike, every two of a group; most of them are alike by chance
 * @property {HealthPhoto[]} blank photos that show nothing
 * @property {HealthPhoto[]} grey photos without colour among coloured ones
 * @property {HealthPhoto[]} tiny photos whose shorter side, in their file, is less than half of the image's shorter side
 * @property {boolean} unequal whether a class has 1.5 times the training photos of another that has any
 * @property {number[]} classWeight what makes each class count the same: Keras' class_weight; 1 for a class without training photos
 */

/**
 * How a model is trained: the engine's options, all of which may be left out, and class weights in more ways.
 * A fit continues from where the model's training is, as in Keras: with the optimizer's slots and iteration, and with
 * random draws that no earlier epoch has used. A new learning_rate alone continues, too; another optimizer, or any other
 * setting of it, resets its slots and iteration.
 * @typedef {Omit<Partial<import("../engine.d.ts").FitOptions>, "classWeight"> & {
 *   classWeight?: "balanced" | number[] | Record<string | number, number>,
 * }} FitOptions `classWeight`: what a photo of each class counts in the loss, by label or by the class's name, or so that
 *   each class counts the same in all
 */

/**
 * @typedef {object} ProjectProgress of making a project
 * @property {"building" | "photos"} stage the model and the tables, then the photos
 * @property {number} done photos that are in it
 * @property {number} total photos that will be in it; 0 where there will be none
 */

/**
 * @typedef {Omit<FitOptions, "initial"> & {
 *   photos?: boolean,
 *   signal?: AbortSignal,
 *   onProgress?: (progress: ProjectProgress) => void,
 * }} ProjectOptions `photos`: whether the photos come with it, as the network sees them; unless told they do up to 512 MB
 */

/** @typedef {EngineModel & { namedClasses?: boolean, preprocessing?: string, notes?: string[] }} MadeModel a model, and what its file left open */

/** @typedef {Pick<EngineModel, "layers" | "total_params" | "trainable_params" | "non_trainable_params" | "text">} ModelSummary */

/** @typedef {import("../engine.d.ts").Event | { type: "error", message: string }} FitEvent what happens in training */
/** @typedef {Extract<FitEvent, { type: "step" | "epoch" }>} StepEvent */

/** @typedef {{ width: number, height: number, rgba: Uint8ClampedArray }} Pixels */

export {};
