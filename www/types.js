/**
 * The shapes that cross the page, the worker and the engine. Types alone: nothing here runs.
 * What the user sees has Keras' names.
 */

/**
 * @typedef {"train" | "validation" | "test"} Split
 * @typedef {"auto" | "webgpu" | "cpu"} DeviceChoice
 * @typedef {{ path: string, blob: Blob }} Entry a photo and its path in the chosen folder
 * @typedef {{ label: string, probability: number }} Prediction
 * @typedef {{ name: string, title: string, description: string }} Recipe
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
 * @typedef {object} Sizing how photos become images
 * @property {number | [number, number]} imageSize
 * @property {"bilinear" | "nearest"} interpolation
 * @property {boolean} cropToAspectRatio
 */

/**
 * @typedef {object} DeviceInfo
 * @property {"webgpu" | "cpu"} kind
 * @property {string} name
 * @property {boolean} software whether the adapter is a program and no GPU
 * @property {number} workers that compute, the engine's own among them
 * @property {string} reason a sentence: why this device
 */

/**
 * @typedef {object} LabOptions
 * @property {DeviceChoice} [device]
 * @property {number} [seed]
 * @property {number} [workers] that share the CPU's work; one a core unless told, and eight at the most
 */

/**
 * @typedef {object} ImportOptions
 * @property {number | [number, number]} [imageSize] what photos are resized to, in pixels: a square's side, or [height, width]
 * @property {"bilinear" | "nearest"} [interpolation] how they are resized; bilinear unless told
 * @property {boolean} [cropToAspectRatio] whether photos keep their proportions and lose what is beyond the image's
 * @property {number} [train] training photos of each class: below 1 a share, from 1 on a number; all that are left
 *   unless told, and what is beyond is in no split
 * @property {number} [validation] validation photos of each class, alike
 * @property {number} [test] test photos of each class, alike
 * @property {"drawn" | "name"} [splitBy] by the order of names, in which 2 comes before 10, the first ones train, the
 *   next ones validate, and the ones after them test, as in the book; drawn by the seed unless told
 * @property {number} [seed]
 * @property {"auto" | LayoutKind} [layout] what tells the classes; unless told folders, a table where folders are no classes, else names
 * @property {string} [table] the path of the table that does, or the end of its path
 * @property {string} [column] the head of its column of labels, or the column's number from 1 on
 * @property {"auto" | "memory"} [storage] where decoded photos go: "auto" keeps them in this browser, where it can, for the next visit
 * @property {AbortSignal} [signal] cancels the import; what was decoded until then is kept
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
 * What tells the classes: folders that are named as them, file names that begin with them, or a table of file names
 * and labels.
 * @typedef {"folders" | "names" | "table"} LayoutKind
 */

/**
 * What is known of a folder's files before its photos are read, by the number of their path.
 * @typedef {object} EngineContents
 * @property {(file: number, text: string) => void} table
 * @property {(sizes: Float64Array) => void} sizes bytes of each file
 * @property {(file: number, reason: string) => void} refuse
 * @property {(file: number) => void} photo that it is one, though its name says nothing of it
 * @property {() => void} free
 */

/**
 * What a folder was understood as.
 * @typedef {object} Told
 * @property {LayoutKind} by
 * @property {string[]} tables paths of those that tell the classes; with folders, of photos that lie in no class folder
 * @property {string[]} columns the heads of the first table's columns of names and labels; none where it has no heads
 * @property {Split[]} splits that the folder gives, and that were kept; none where they were drawn
 * @property {{ path: string, reason: string }[]} [unused] the tables that are not used, and why
 */

/**
 * One way to read a folder.
 * @typedef {object} Reading
 * @property {"auto" | LayoutKind} layout with table and column the options that importImages() takes for it
 * @property {string} [table]
 * @property {string} [column]
 * @property {LayoutKind} by what tells the classes then
 * @property {{ name: string, photos: number }[]} classes with their photos, as far as the files' names say
 */

/**
 * Files that nobody put into the folder on purpose, of one kind.
 * @typedef {object} LeftOut
 * @property {"networkDrive" | "mac" | "windows" | "linux" | "photoProgram" | "versionControl" | "code" | "sync" | "backup" | "hidden"} kind who left them
 * @property {number} files
 * @property {string} example the name that tells it of the first one
 */

/**
 * @typedef {object} DatasetSummary
 * @property {string[]} classes
 * @property {Record<Split, number[]>} counts photos of each class in each split
 * @property {number[]} unused photos of each class that are in no split, since fewer were asked for
 * @property {{ path: string, reason: string }[]} rejected
 * @property {LeftOut[]} leftOut what systems and programs left beside the photos
 * @property {number} undo how many changes can be undone
 * @property {number} redo how many undone changes can be done again
 * @property {number[]} imageShape [height, width, channels]
 * @property {Told} [layout] what the folder was understood as; nothing for photos that come with the page or one by one
 * @property {SplitEdit} [shares] what added photos are shared out by, of a dataset that createDataset() began
 */

/**
 * @typedef {object} LayerSpec
 * @property {string} class_name
 * @property {Record<string, unknown>} config
 */

/**
 * @typedef {object} LayerSummary
 * @property {string} name
 * @property {string} class_name
 * @property {(number | null)[]} output_shape the batch first, as null
 * @property {number} params
 * @property {Record<string, unknown>} config
 */

/**
 * @typedef {object} OptimizerOptions
 * @property {string} name
 * @property {number} [learning_rate]
 */

/**
 * How training photos are changed at random; names, meanings and defaults are those that Keras documents for its ImageDataGenerator.
 * @typedef {object} Augmentation
 * @property {number} [rotation_range] degrees, to either side
 * @property {number | number[]} [width_shift_range] sideways: below 1 a share of the width, else pixels (a whole number
 *   n: whole pixels up to n - 1; a list: one of these)
 * @property {number | number[]} [height_shift_range] up and down: the same, of the height
 * @property {number} [shear_range] degrees, to either side
 * @property {number | number[]} [zoom_range] drawn for each axis, below 1 makes larger; z is [1 - z, 1 + z]
 * @property {boolean} [horizontal_flip]
 * @property {boolean} [vertical_flip]
 * @property {number[] | null} [brightness_range] two factors
 * @property {number} [channel_shift_range] of 255, one shift for all channels
 * @property {"nearest" | "reflect" | "wrap" | "constant"} [fill_mode] what is seen beyond the edge
 * @property {number} [cval] of 255, for "constant"
 */

/**
 * A fit continues from where the model's training is, as in Keras: with the optimizer's slots and iteration, and with
 * random draws that no earlier epoch has used. A new learning_rate alone continues, too; another optimizer, or any other
 * setting of it, resets its slots and iteration.
 * @typedef {object} FitOptions
 * @property {boolean} [initial] whether the model starts over: with its initial weights and the draws of its first fit
 * @property {number} [epochs]
 * @property {number} [batchSize]
 * @property {number} [stepsPerEpoch]
 * @property {string | (OptimizerOptions & Record<string, unknown>)} [optimizer]
 * @property {string} [loss]
 * @property {"balanced" | number[] | Record<string | number, number>} [classWeight] what a photo of each class counts in the loss:
 *   by label or by the class's name, or so that each class counts the same in all
 * @property {Augmentation} [augmentation]
 * @property {boolean} [shuffle]
 * @property {number} [seed]
 */

/**
 * @typedef {object} RecipeDefaults
 * @property {number} epochs
 * @property {number} batchSize
 * @property {number | null} [stepsPerEpoch]
 * @property {OptimizerOptions & Record<string, unknown>} optimizer
 * @property {string} loss
 * @property {Augmentation} [augmentation]
 */

/**
 * @typedef {object} ModelSummary
 * @property {LayerSummary[]} layers
 * @property {number} total_params
 * @property {number} trainable_params
 * @property {number} non_trainable_params
 * @property {string} text the table as Keras prints it
 */

/**
 * @typedef {ModelSummary & { id: number, name: string, classes: string[], epochs: number, input_shape: number[], recipe_defaults?: RecipeDefaults }} EngineModel
 */

/**
 * @typedef {object} FitEvent
 * @property {"preparing" | "step" | "epoch" | "restored" | "done" | "error"} type "restored": the run failed, and the model
 *   went back to its last good state; the error follows
 * @property {number} [done] operations of the network whose kernels are chosen and compiled, with type "preparing"
 * @property {number} [total] operations in all, with type "preparing"
 * @property {number} [epoch] of this run, from 1; with "restored" the whole epochs of this run that the model keeps
 * @property {number} [epochs]
 * @property {number} [step] from 1; with "restored" the steps after those epochs that it keeps
 * @property {number} [steps]
 * @property {number} [loss] mean of the epoch so far
 * @property {number} [accuracy] mean of the epoch so far
 * @property {number} [batch_loss] of this batch alone
 * @property {number} [val_loss]
 * @property {number} [val_accuracy]
 * @property {number} [trainedEpochs] whole epochs that the model has been trained for, in all its runs
 * @property {number} [imagesPerSecond]
 * @property {number} [etaSeconds]
 * @property {string} [message] what went wrong, with type "error"
 */

/** @typedef {Record<"loss" | "accuracy" | "val_loss" | "val_accuracy", number[]>} History an entry an epoch */

/**
 * @typedef {object} Evaluation
 * @property {number} loss
 * @property {number} accuracy
 * @property {number[][]} confusion rows: the true class, columns: the predicted one
 * @property {number} seen photos of the split that this model was trained with: a figure with such is too good
 * @property {{ label: string, precision: number, recall: number, f1: number, support: number }[]} per_class
 */

/**
 * @typedef {object} Part an operation of a training step
 * @property {string} label
 * @property {string} sizes those of its input and its kernel; empty where the label says enough
 * @property {string[]} kernels the GPU's kernels that were chosen for it; none on the CPU
 * @property {number} seconds
 */

/** @typedef {{ width: number, height: number, rgba: Uint8Array<ArrayBuffer>, label: string, path: string }} EngineImage */
/** @typedef {{ width: number, height: number, rgba: Uint8ClampedArray }} Pixels */

/**
 * @typedef {object} EngineImporter
 * @property {(index: number) => boolean} wants
 * @property {() => Sizing} sizing
 * @property {() => number} image_bytes
 * @property {() => void} hold_in_memory
 * @property {(store: EngineStore) => void} keep_in
 * @property {(index: number, size: number, modified: number | undefined) => boolean} knows
 * @property {(index: number, sign: Uint8Array) => boolean} find
 * @property {(index: number, pixels: Uint8Array, side: number, sign: Uint8Array) => void} add
 * @property {(index: number, reason: string) => void} reject
 * @property {() => number} finish
 * @property {() => void} free
 */

/**
 * @typedef {object} SyncAccess an open file of the browser's own file system, as workers alone have it
 * @property {(bytes: Uint8Array<ArrayBuffer>, options: { at: number }) => number} write
 * @property {(size: number) => void} truncate
 * @property {() => void} flush
 * @property {() => void} close
 */

/**
 * @typedef {object} EngineStore
 * @property {() => number} photos
 * @property {() => boolean} in_use
 * @property {(photos: number) => void} reserve
 * @property {(records: Uint8Array[]) => void} retain
 * @property {() => void} flush
 * @property {() => void} free
 */

/**
 * @typedef {object} Decoded
 * @property {Uint8Array<ArrayBuffer>} pixels RGB
 * @property {number} side the shorter one that the photo has in its file
 * @property {Uint8Array} [sign] of the file's content, where it came from a decoder's worker
 */
/**
 * @typedef {object} EngineDecoder
 * @property {(bytes: Uint8Array) => Decoded} decode
 * @property {(width: number, height: number, rgba: Uint8Array) => Decoded} resize
 */

/**
 * @typedef {object} EngineAddition photos on their way into a dataset that is there already
 * @property {() => Sizing} sizing
 * @property {(nth: number, path: string, pixels: Uint8Array, side: number) => void} add
 * @property {() => void} free
 */

/** @typedef {{ adapter: string, engine: string, winners: Record<string, string> }} Tuning the fastest kernels of a GPU */

/**
 * The engine's class as wasm-bindgen gives it.
 * @typedef {object} Engine
 * @property {() => DeviceInfo} device
 * @property {() => Recipe[]} recipes
 * @property {(paths: string[], options: ImportOptions, contents: EngineContents) => EngineImporter} importer
 * @property {(paths: string[], contents: EngineContents) => Reading[]} readings
 * @property {(classes: string[], options: object) => EngineImporter} begin
 * @property {(bytes: Uint8Array, options: ImportOptions) => number} import_digits
 * @property {(dataset: number) => DatasetSummary} dataset_summary
 * @property {(dataset: number) => Uint8Array<ArrayBuffer> | undefined} dataset_record
 * @property {(record: Uint8Array, store: EngineStore) => number} open_record
 * @property {(dataset: number, split: Split, index: number) => EngineImage} image
 * @property {(dataset: number, split: Split, index: number, augmentation: Augmentation | undefined, count: number, seed: number) => { width: number, height: number, rgba: Uint8Array<ArrayBuffer> }} augmented
 * @property {(dataset: number) => void} close_dataset
 * @property {(dataset: number, photos: number) => EngineAddition} addition
 * @property {(dataset: number, addition: EngineAddition, label: string, split: Split | undefined) => void} add_photos
 * @property {(dataset: number, split: Split) => string[]} paths
 * @property {(dataset: number, split: Split) => Uint32Array} numbers
 * @property {(dataset: number, from: number, to: number) => Uint32Array} fingerprints
 * @property {(model: number, dataset: number) => void} rename_outputs
 * @property {(model: number) => void} close_model
 * @property {(spec: object) => EngineModel} create_model
 * @property {(model: number, dataset: number, run: number, options: FitOptions, onEvent: (event: FitEvent) => void) => Promise<History>} fit
 * @property {(run: number) => void} pause
 * @property {(run: number) => void} resume
 * @property {(run: number) => void} stop
 * @property {(model: number, dataset: number, options: { split: Split }) => Promise<Evaluation>} evaluate
 * @property {(device: DeviceChoice) => Promise<void>} switch_device
 * @property {(worker: import("./workers.js").OwnWorker) => void} hire
 * @property {() => { bytes: number, peakBytes: number }} memory
 * @property {() => Tuning | null} tuning
 * @property {(tuning: Tuning) => void} tune
 * @property {(model: number, batchSize: number, runs: number, only?: string, augmentation?: Augmentation) => Promise<Part[]>} profile
 * @property {(model: number, batchSize: number, goal: "train" | "predict", runs: number, augmentation?: Augmentation) => Promise<number[]>} time
 * @property {(model: number, bytes: Uint8Array) => Promise<Prediction[]>} predict
 * @property {(model: number, width: number, height: number, rgba: Uint8Array) => Promise<Prediction[]>} predict_pixels
 * @property {(model: number, format: string) => Promise<{ bytes: Uint8Array<ArrayBuffer>, filename: string, mime: string }>} export_model
 * @property {(model: number, format: string) => { bytes: Uint8Array<ArrayBuffer>, filename: string, mime: string }} export_last_good
 * @property {(files: { name: string, bytes: Uint8Array }[]) => EngineModel} import_model
 */

export {};
