// Written from the engine's own types: `FOVEA_WRITE_TYPES=1 cargo test --lib boundary` writes it anew.

/**
 * What the engine is opened with.
 */
export type OpenOptions = {
/**
 * `"webgpu"`, `"cpu"`, or `"auto"` for whichever is faster.
 */
device: "auto" | "webgpu" | "cpu",
/**
 * What everything random is drawn from, unless a call has a seed of its own.
 */
seed: number, };

/**
 * Which kind of device computes.
 */
export type DeviceKind = "webgpu" | "cpu";

/**
 * What a device is.
 */
export type DeviceInfo = {
/**
 * Which kind.
 */
kind: DeviceKind,
/**
 * The adapter's name.
 */
name: string,
/**
 * Whether it is a GPU in name only.
 */
software: boolean, };

/**
 * What computes.
 */
export type DeviceReport = {
/**
 * Workers that compute, the engine's own among them.
 */
workers: number,
/**
 * A sentence: why this device.
 */
reason: string,
/**
 * Which kind.
 */
kind: DeviceKind,
/**
 * The adapter's name.
 */
name: string,
/**
 * Whether it is a GPU in name only.
 */
software: boolean, };

/**
 * What a GPU's buffers take now, and took at the most, in bytes; zeros on the CPU device.
 */
export type Memory = {
/**
 * Now.
 */
bytes: number,
/**
 * At the most, since the device was opened.
 */
peakBytes: number, };

/**
 * Which kernels were the fastest on a GPU: what a later visit need not time again.
 */
export type Tuning = {
/**
 * The adapter, as the browser tells one from another.
 */
adapter: string,
/**
 * The version of this crate.
 */
engine: string,
/**
 * Fingerprints of the fastest kernels by those of the plain ones.
 */
winners: { [key in string]: string }, };

/**
 * What one operation of a plan takes on its own.
 */
export type Timing = {
/**
 * The operation's label.
 */
label: string,
/**
 * Its sizes; empty where the label says enough.
 */
sizes: string,
/**
 * The kernels that were chosen for it, in the order in which they run; none on the CPU.
 */
kernels: Array<string>,
/**
 * Seconds: the median of the runs.
 */
seconds: number, };

/**
 * A part of a dataset.
 */
export type Split = "train" | "validation" | "test";

/**
 * How photos are shared out: `splitBy` of `lab.importImages`.
 */
export type SplitBy = "drawn" | "name";

/**
 * What tells the classes: `layout` of `lab.importImages`.
 */
export type LayoutKind = "auto" | "folders" | "names" | "table";

/**
 * How a pixel of the smaller photo is made; the words are Keras'.
 */
export type Interpolation = "bilinear" | "nearest";

/**
 * Height and width in pixels, each from 1 to 1024.
 *
 * It is written as a number where both are equal, and otherwise as `[height, width]`.
 */
export type ImageSize = number | [number, number];

/**
 * How photos become images of one size.
 */
export type Sizing = {
/**
 * The size.
 */
imageSize: ImageSize,
/**
 * How it is reached.
 */
interpolation: Interpolation,
/**
 * Whether photos keep their proportions and lose what is beyond them, as with Keras'
 * `crop_to_aspect_ratio`, rather than being stretched.
 */
cropToAspectRatio: boolean, };

/**
 * How photos become a dataset: `lab.importImages`' second argument, in camel case there.
 */
export type ImportOptions = {
/**
 * What every photo is resized to, as Keras' `target_size`.
 */
imageSize: ImageSize,
/**
 * How that size is reached.
 */
interpolation: Interpolation,
/**
 * Whether photos keep their proportions, and lose what is beyond those of the image.
 */
cropToAspectRatio: boolean,
/**
 * The training photos of each class, alike; all that the others leave where it is left open.
 */
train: number | null,
/**
 * The validation photos of each class: below 1 a fraction of the class, from 1 on a number.
 */
validation: number,
/**
 * The test photos of each class: below 1 a fraction of the class, from 1 on a number.
 */
test: number,
/**
 * Which photos the splits draw: the same seed draws the same ones.
 */
seed: number,
/**
 * Whether the splits are drawn or go by the order of names.
 */
splitBy: SplitBy,
/**
 * What tells the classes.
 */
layout: LayoutKind,
/**
 * The table that does: its path or the end of it.
 */
table: string | null,
/**
 * The head of its column of labels, or the column's number from 1 on.
 */
column: string | null, };

/**
 * How the digits are split: `lab.importDemo`'s second argument.
 */
export type DigitsOptions = {
/**
 * The validation digits of each class, as [`super::ImportOptions::validation`].
 */
validation: number,
/**
 * The test digits of each class, as [`super::ImportOptions::test`].
 */
test: number,
/**
 * Which digits the splits draw.
 */
seed: number, };

/**
 * How much of each class goes to each split: below 1 a fraction, from 1 on a number.
 */
export type Shares = {
/**
 * The rest where it is left open; what is beyond it is in no split.
 */
train: number | null,
/**
 * To validate with.
 */
validation: number,
/**
 * To test with.
 */
test: number,
/**
 * Which photos these are.
 */
splitBy: SplitBy,
/**
 * What they are drawn from.
 */
seed: number, };

/**
 * Where the classes come from.
 */
export type Told = {
/**
 * By folders, names or a table.
 */
by: Exclude<LayoutKind, "auto">,
/**
 * The tables that are used; beside folders, for the photos that lie in no class folder.
 */
tables: Array<string>,
/**
 * What the first table calls its columns of names and labels; empty where it has no heads.
 */
columns: Array<string>,
/**
 * The names of the splits that the folder gives; empty where it gives none.
 */
splits: Split[],
/**
 * The tables that are not used, and why.
 */
unused?: Array<Rejection>, };

/**
 * A file that is in no split, and why.
 */
export type Rejection = {
/**
 * The path, as it was given.
 */
path: string,
/**
 * What is wrong with the file.
 */
reason: string, };

/**
 * A class, before its photos are read.
 */
export type ClassOfReading = {
/**
 * Its name.
 */
name: string,
/**
 * How many photos it has.
 */
photos: number, };

/**
 * One way to read a folder.
 */
export type Reading = {
/**
 * What to ask for: `auto` for what is likeliest.
 */
layout: LayoutKind,
/**
 * The table to ask for, where its column alone does not tell.
 */
table?: string,
/**
 * The column to ask for.
 */
column?: string,
/**
 * What tells the classes then.
 */
by: Exclude<LayoutKind, "auto">,
/**
 * The classes, and how many photos each has as far as their names say.
 */
classes: Array<ClassOfReading>, };

/**
 * Photos of each class, a number a class.
 */
export type SplitCounts = {
/**
 * To train with.
 */
train: Array<number>,
/**
 * To validate with.
 */
validation: Array<number>,
/**
 * To test with.
 */
test: Array<number>, };

/**
 * Who left a file.
 */
export type Leftover = "networkDrive" | "mac" | "windows" | "linux" | "photoProgram" | "versionControl" | "code" | "sync" | "backup" | "hidden";

/**
 * Files of one kind that were left out.
 */
export type LeftOut = {
/**
 * Who left them.
 */
kind: Leftover,
/**
 * How many there are.
 */
files: number,
/**
 * The name that told it of the first one.
 */
example: string, };

/**
 * What the page shows of a dataset: `dataset.summary`.
 */
export type DatasetSummary = {
/**
 * The classes' names.
 */
classes: Array<string>,
/**
 * How many photos each split has of each class.
 */
counts: SplitCounts,
/**
 * The photos of each class that are in no split, since fewer were asked for.
 */
unused: Array<number>,
/**
 * The files that are in no split.
 */
rejected: Array<Rejection>,
/**
 * What systems and programs left beside the photos, a line a kind.
 */
leftOut: Array<LeftOut>,
/**
 * Height, width and channels of every photo.
 */
imageShape: [number, number, number],
/**
 * How many changes can be undone.
 */
undo: number,
/**
 * How many undone changes can be done again.
 */
redo: number,
/**
 * Where the classes come from.
 */
layout?: Told,
/**
 * What added photos are shared out by, in a dataset that was begun with its classes alone.
 */
shares?: Shares, };

/**
 * A layer as Keras' `get_config` describes it.
 */
export type LayerSpec = {
/**
 * Keras' name of the layer's class.
 */
class_name: string,
/**
 * Keras' arguments; those that are left out have Keras' defaults.
 */
config?: Record<string, unknown>,
/**
 * The names of the layers that it reads, "input_layer" for the network's input; left out for the layer before.
 */
inbound?: Array<string>, };

/**
 * What a model is made of: either a recipe or layers.
 */
export type ModelOptions = {
/**
 * A recipe's name.
 */
recipe?: string,
/**
 * The layers, one by one.
 */
layers?: LayerSpec[],
/**
 * The number of a model on top of which the layers are put: its own come first, frozen, with their weights. A base that
 * is no model comes as a file instead.
 */
base?: number,
/**
 * The base's last layer; by default the last one whose output is an image, as with Keras' `include_top=False`.
 */
through?: string,
/**
 * What stands between the base and a recipe's dense layers.
 */
pooling?: Pooling,
/**
 * The first of the base's layers that is trained; by default none of them is.
 */
trainFrom?: string,
/**
 * The number of the dataset whose photos and classes the model is for.
 */
dataset: number, };

/**
 * A row of the table.
 */
export type LayerSummary = {
/**
 * The layer's name.
 */
name: string,
/**
 * Its Keras class.
 */
class_name: string,
/**
 * Its output's shape, the batch first as `None` (`null` in JSON).
 */
output_shape: Array<number | null>,
/**
 * Its parameters.
 */
params: number,
/**
 * Whether training changes them.
 */
trainable: boolean,
/**
 * The names of the layers that it reads; left out where all layers just read the one before.
 */
connected_to?: Array<string>, };

/**
 * A layer of a model.
 */
export type LayerReport = {
/**
 * Keras' arguments.
 */
config: Record<string, unknown>,
/**
 * The layer's name.
 */
name: string,
/**
 * Its Keras class.
 */
class_name: string,
/**
 * Its output's shape, the batch first as `None` (`null` in JSON).
 */
output_shape: Array<number | null>,
/**
 * Its parameters.
 */
params: number,
/**
 * Whether training changes them.
 */
trainable: boolean,
/**
 * The names of the layers that it reads; left out where all layers just read the one before.
 */
connected_to?: Array<string>, };

/**
 * How well new last layers tell photos that they were not trained with.
 */
export type CrossValidation = {
/**
 * Folds.
 */
folds: number,
/**
 * Photos of all folds.
 */
photos: number,
/**
 * The share of them told rightly, each by layers that never saw it.
 */
accuracy: number,
/**
 * Where the accuracy lies in 95 of 100 such samples of photos: Wilson's score interval.
 */
interval: [number, number],
/**
 * Photos whose labels the predictions contradict, the most doubtful first.
 */
doubtful: Array<Doubtful>, };

/**
 * A photo whose label may be wrong.
 */
export type Doubtful = {
/**
 * The photo.
 */
path: string,
/**
 * Its split.
 */
split: Split,
/**
 * Its number there, from 0.
 */
index: number,
/**
 * Its class.
 */
label: string,
/**
 * The class that it more likely has.
 */
suggested: string,
/**
 * By how much that class is more probable, between -1 and 1.
 */
score: number, };

/**
 * What stands between a base and the dense layers behind it.
 */
export type Pooling = "average" | "flatten";

/**
 * A recipe as the page lists it.
 */
export type RecipeInfo = {
/**
 * The name that the API takes.
 */
name: string,
/**
 * A title.
 */
title: string,
/**
 * A sentence or two.
 */
description: string,
/**
 * Whether it is put on top of a base, a trained network.
 */
base: boolean, };

/**
 * What a recipe trains with where the user says nothing else.
 */
export type RecipeDefaults = {
/**
 * Passes over the training photos.
 */
epochs: number,
/**
 * Photos a step.
 */
batchSize: number,
/**
 * The optimizer.
 */
optimizer: Optimizer,
/**
 * The loss.
 */
loss: Loss,
/**
 * How training photos are changed at random.
 */
augmentation?: Augmentation, };

/**
 * A model, as the page shows it.
 */
export type ModelReport = {
/**
 * The number that the engine knows it by.
 */
id: number,
/**
 * The network's name.
 */
name: string,
/**
 * The classes' names, in the order of the outputs.
 */
classes: Array<string>,
/**
 * Epochs that it has been trained for.
 */
epochs: number,
/**
 * Height, width and channels of an image.
 */
input_shape: [number, number, number],
/**
 * The layers in order.
 */
layers: Array<LayerReport>,
/**
 * All parameters.
 */
total_params: number,
/**
 * Those that training changes.
 */
trainable_params: number,
/**
 * Those that it leaves alone.
 */
non_trainable_params: number,
/**
 * The table of layers as Keras prints it.
 */
text: string,
/**
 * The share of right answers that its threshold lets through; none where it always answers.
 */
threshold: number | null,
/**
 * What the recipe trains with, for a model of a recipe.
 */
recipe_defaults?: RecipeDefaults, };

/**
 * The loss, always the mean over a batch.
 */
export type Loss = "binary_crossentropy" | "categorical_crossentropy";

/**
 * RMSprop as in Keras 3: the epsilon stands inside the root.
 */
export type RmsProp = {
/**
 * Step size.
 */
learning_rate: number,
/**
 * Share of the old mean that stays.
 */
rho: number,
/**
 * Momentum on the scaled gradient; 0 for none.
 */
momentum: number,
/**
 * Keeps the root away from zero.
 */
epsilon: number, };

/**
 * Stochastic gradient descent.
 */
export type Sgd = {
/**
 * Step size.
 */
learning_rate: number,
/**
 * Share of the last step that is taken again; 0 for none.
 */
momentum: number,
/**
 * Whether the gradient is taken to be that of the place the momentum leads to.
 */
nesterov: boolean, };

/**
 * Adam.
 */
export type Adam = {
/**
 * Step size.
 */
learning_rate: number,
/**
 * Decay of the gradient's mean.
 */
beta_1: number,
/**
 * Decay of the squared gradient's mean.
 */
beta_2: number,
/**
 * Added to the root.
 */
epsilon: number, };

/**
 * How parameters follow their gradients; fields and defaults are those of Keras 3.
 */
export type Optimizer = { "name": "rmsprop" } & RmsProp | { "name": "sgd" } & Sgd | { "name": "adam" } & Adam;

/**
 * One number or several, as Keras' shifts and zoom take them.
 *
 * A shift of one number below 1 is a share of the photo's side, and any up to it is drawn; one that is not whole,
 * alike, in pixels; a whole number `n` stands for the whole pixels up to `n - 1`, as Python's `int` does in Keras.
 * Of several, one is picked. All shifts go to either side.
 */
export type Amount = number | number[];

/**
 * What is seen beyond a photo's edge, for a photo `abcd`; the names are scipy's.
 */
export type FillMode = "nearest" | "reflect" | "wrap" | "constant";

/**
 * What may happen to a training photo; by default nothing. Names, meanings and defaults are those that Keras
 * documents for its `ImageDataGenerator` (`keras/src/legacy/preprocessing/image.py`).
 */
export type Augmentation = {
/**
 * Degrees by which a photo turns at the most, to either side.
 */
rotation_range: number,
/**
 * How far a photo moves sideways. See [`Amount`]: below 1 a share of the width, else pixels.
 */
width_shift_range: Amount,
/**
 * How far a photo moves up or down. See [`Amount`]: below 1 a share of the height, else pixels.
 */
height_shift_range: Amount,
/**
 * Degrees by which a photo leans at the most, to either side.
 */
shear_range: number,
/**
 * What coordinates are multiplied by, drawn for each axis: one number `z` stands for `[1 - z, 1 + z]`, two
 * for themselves. Below 1 makes things larger.
 */
zoom_range: Amount,
/**
 * Whether left and right change places half of the time.
 */
horizontal_flip: boolean,
/**
 * Whether top and bottom change places half of the time.
 */
vertical_flip: boolean,
/**
 * The least and the most that bytes are multiplied by.
 */
brightness_range: [number, number] | null,
/**
 * What is added to all bytes of a photo at the most, or taken off; none leaves what the photo spans.
 */
channel_shift_range: number,
/**
 * What fills the area beyond the photo's edge.
 */
fill_mode: FillMode,
/**
 * The byte that [`FillMode::Constant`] shows.
 */
cval: number, };

/**
 * What `lab.fit` takes; the words are Keras' `fit` and `compile` in camel case.
 */
export type FitOptions = {
/**
 * Passes over the training photos, or over `steps_per_epoch` batches of them.
 */
epochs: number,
/**
 * Photos a step.
 */
batchSize: number,
/**
 * Steps an epoch; by default as many as it takes to see every photo once. Where it is another
 * number, the next epoch goes on where the last one ended, as with Keras' generators.
 */
stepsPerEpoch: number | null,
/**
 * By its name, or with its settings.
 */
optimizer: string | ({ name: string } & Record<string, unknown>),
/**
 * By default the one that goes with the last activation.
 */
loss: Loss | null,
/**
 * Whether each pass has an order of its own.
 */
shuffle: boolean,
/**
 * What order, masks and so the whole run are drawn from; by default the lab's.
 */
seed: number | null,
/**
 * What a photo of each class counts in the loss, by label, as Keras' `class_weight`; 1 by default.
 */
classWeight: Array<number> | null,
/**
 * How training photos are changed at random.
 */
augmentation: Partial<Augmentation> | null,
/**
 * Whether the model starts over with its initial weights instead of continuing from where its training is.
 */
initial: boolean, };

/**
 * Where training stands; losses and accuracies are means over the epoch's photos so far, as Keras'
 * progress bar has them.
 */
export type Progress = {
/**
 * The epoch, from 1.
 */
epoch: number,
/**
 * How many there will be.
 */
epochs: number,
/**
 * Steps of this epoch that are done.
 */
step: number,
/**
 * Steps of an epoch.
 */
steps: number,
/**
 * Of the training photos.
 */
loss: number,
/**
 * Of the training photos.
 */
accuracy: number,
/**
 * The loss of the step's own batch.
 */
batch_loss: number,
/**
 * Of the validation photos; only at an epoch's end, and only where there are any.
 */
val_loss?: number,
/**
 * Of the validation photos; only at an epoch's end, and only where there are any.
 */
val_accuracy?: number,
/**
 * Training photos a second in this epoch, pauses left out.
 */
imagesPerSecond: number,
/**
 * Whole epochs that the model has been trained for, in all its runs.
 */
trainedEpochs: number,
/**
 * Seconds until the last epoch is done at this rate, validation included once it has been timed.
 */
etaSeconds: number, };

/**
 * What happened in training.
 */
export type Event = { "type": "preparing",
/**
 * Operations whose kernels are chosen and compiled.
 */
done: number,
/**
 * Operations in all.
 */
total: number, } | { "type": "features",
/**
 * Photos that are done.
 */
done: number,
/**
 * Photos in all.
 */
total: number, } | { "type": "fold",
/**
 * Folds that are done.
 */
done: number,
/**
 * Folds in all.
 */
total: number, } | { "type": "step" } & Progress | { "type": "epoch" } & Progress | { "type": "restored",
/**
 * Whole epochs of this run that the model keeps.
 */
epoch: number,
/**
 * Steps of the epoch after those that it keeps.
 */
step: number,
/**
 * Steps of an epoch.
 */
steps: number,
/**
 * Whole epochs that the model has been trained for in all its runs.
 */
trainedEpochs: number, } | { "type": "done",
/**
 * Whole epochs that were trained.
 */
epoch: number,
/**
 * Whether somebody stopped it.
 */
stopped: boolean, };

/**
 * Keras' `History.history`: a number an epoch. The validation lists are empty without such photos.
 */
export type History = {
/**
 * Of the training photos, while they were trained on.
 */
loss: Array<number>,
/**
 * Of the training photos, while they were trained on.
 */
accuracy: Array<number>,
/**
 * Of the validation photos, after the epoch.
 */
val_loss: Array<number>,
/**
 * Of the validation photos, after the epoch.
 */
val_accuracy: Array<number>, };

/**
 * What `evaluate` is told.
 */
export type EvaluateOptions = {
/**
 * The split whose photos are judged.
 */
split: Split, };

/**
 * How a classifier does on one class; 0 where a figure would divide by nothing.
 */
export type ClassFigures = {
/**
 * The class' name.
 */
label: string,
/**
 * Of the photos said to be of the class, the share that are.
 */
precision: number,
/**
 * Of the photos of the class, the share said to be.
 */
recall: number,
/**
 * The harmonic mean of both.
 */
f1: number,
/**
 * Photos of the class.
 */
support: number, };

/**
 * How a classifier does on a split.
 */
export type Evaluation = {
/**
 * The mean loss.
 */
loss: number,
/**
 * The share of photos told rightly.
 */
accuracy: number,
/**
 * `confusion[truth][prediction]`: photos.
 */
confusion: Array<Array<number>>,
/**
 * A row a class.
 */
per_class: Array<ClassFigures>,
/**
 * How many of the photos the classifier was trained with, as far as it knows: a figure with such is too good. A
 * photo is known by its pixels, as the network sees them, so it is not known again if it became an image in
 * another way, such as cropped instead of stretched.
 */
seen: number,
/**
 * Whether it knows all photos that it was trained with. It does not if it comes from a file that does not say, or
 * if they were more than a million.
 */
seen_complete: boolean,
/**
 * What its threshold would withhold; none where the classifier has no threshold. All other figures are of all answers.
 */
withheld: Answers | null, };

/**
 * So many answers.
 */
export type Answers = {
/**
 * That are right.
 */
right: number,
/**
 * That are wrong.
 */
wrong: number, };

/**
 * What a threshold lets through and what it withholds, on the validation photos that it was set on.
 */
export type ThresholdReport = {
/**
 * The share of right answers that it was to let through.
 */
keep: number,
/**
 * What the logarithms of probabilities are divided by: above 1 for a network that is too sure of itself.
 */
temperature: number,
/**
 * The least probability of an answer, after division by the temperature.
 */
least_probability: number,
/**
 * The most that a photo may be away from the training photos: 1 less a cosine. None where the network has no value
 * that describes photos.
 */
most_distance: number | null,
/**
 * Training photos that it compares with.
 */
known: number,
/**
 * Answers that it lets through.
 */
answered: Answers,
/**
 * Answers that it withholds.
 */
withheld: Answers, };

/**
 * A class and how likely it is.
 */
export type Prediction = {
/**
 * The class' name.
 */
label: string,
/**
 * Between 0 and 1; over all classes they sum to 1, but for several sigmoid units.
 */
probability: number, };

/**
 * What a classifier says of a photo.
 */
export type Answer = {
/**
 * All classes, the most likely first.
 */
predictions: Array<Prediction>,
/**
 * How sure it is; none where it has no threshold.
 */
sureness: Sureness | null, };

/**
 * How sure a classifier with a threshold is of an answer.
 */
export type Sureness = {
/**
 * The probability that the first class is right, as calibrated on validation photos.
 */
confidence: number,
/**
 * Why the answer is withheld; none where it is given.
 */
not_sure: NotSure | null, };

/**
 * Why an answer is withheld.
 */
export type NotSure = "unfamiliar" | "uncertain";
