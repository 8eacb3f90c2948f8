//! Opening the engine, and its datasets and models.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::str::FromStr;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Worker;

use super::Importer;
use super::helper::WorkerHelper;
use super::observer::Control;
use super::pack::PhotoStore;
use super::store::Store;
use super::values::{error, from_js, object, rgba, to_js};
use crate::boundary::{DeviceReport, LayerReport, ModelReport, OpenOptions};
use crate::classifier::{Classifier, ClassifierError};
use crate::data::digits::{self, DigitsOptions};
use crate::data::{self, Dataset, ImportOptions, Layout, Split, record};
use crate::device::gpu::Gpu;
use crate::device::{Device, Tuning};
use crate::formats;
use crate::memory;
use crate::model::{ModelError, Recipe, RecipeDefaults};
use crate::trained::{Model, State};

/// Everything that computes, behind the page's worker.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    pub(super) device: RefCell<Device>,
    pub(super) reason: RefCell<String>,
    pub(super) seed: u32,
    pub(super) datasets: Rc<Store<Dataset>>,
    pub(super) models: Store<Classifier>,
    pub(super) runs: Store<Control>,
}

#[wasm_bindgen]
impl Engine {
    /// Opens the engine on `"webgpu"`, on `"cpu"`, or by itself on whichever is faster.
    ///
    /// # Errors
    /// An `Error` where WebGPU is asked for and not there, or an option is none.
    pub async fn open(
        #[wasm_bindgen(unchecked_param_type = "Partial<OpenOptions>")] options: JsValue,
    ) -> Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        let OpenOptions { device, seed } = from_js(options)?;
        let (device, reason) = choose(&device).await?;
        Ok(Self {
            device: RefCell::new(device),
            reason: RefCell::new(reason),
            seed,
            datasets: Rc::new(Store::new("dataset")),
            models: Store::new("model"),
            runs: Store::new("run"),
        })
    }

    /// What computes, and why this.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "DeviceReport")]
    pub fn device(&self) -> Result<JsValue, JsValue> {
        let device = self.computing();
        let workers = match &device {
            Device::Cpu(cpu) => cpu.workers(),
            Device::Gpu(_) => 1,
        };
        to_js(&DeviceReport { info: device.info(), workers, reason: self.reason.borrow().clone() })
    }

    /// Shares the CPU's work with a worker that runs `www/worker/helper_worker.js` and is ready.
    pub fn hire(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>"
        )]
        worker: Worker,
    ) {
        if let Device::Cpu(cpu) = &*self.device.borrow() {
            cpu.join(Box::new(WorkerHelper::new(worker)));
        }
    }

    /// What the GPU's buffers take: `{ bytes, peakBytes }`.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "Memory")]
    pub fn memory(&self) -> Result<JsValue, JsValue> {
        to_js(&self.computing().memory())
    }

    /// What was found out about the GPU's kernels so far, `{ adapter, engine, winners }`; `null` on the CPU.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "Tuning | null")]
    pub fn tuning(&self) -> Result<JsValue, JsValue> {
        to_js(&self.computing().tuning())
    }

    /// Takes over what [`Self::tuning`] gave on an earlier visit, unless it is of another adapter or engine.
    ///
    /// # Errors
    /// An `Error` for anything else.
    pub fn tune(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Tuning")] tuning: JsValue,
    ) -> Result<(), JsValue> {
        let tuning: Tuning = from_js(tuning)?;
        self.computing().tune(tuning);
        Ok(())
    }

    /// The networks that have a name.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "RecipeInfo[]")]
    pub fn recipes(&self) -> Result<JsValue, JsValue> {
        to_js(&Recipe::ALL.map(Recipe::info))
    }

    /// What the options of an import want a folder's classes told by, as JSON for what reads folders.
    ///
    /// # Errors
    /// An `Error` for an option that is none.
    pub fn wanted(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Partial<ImportOptions>")] options: JsValue,
    ) -> Result<String, JsValue> {
        let options: ImportOptions = from_js(options)?;
        options.check().map_err(error)?;
        serde_json::to_string(&options.wanted()).map_err(error)
    }

    /// Takes a folder's paths, and what it means, as what reads folders has written it.
    ///
    /// # Errors
    /// An `Error` for a layout of other files, or an option that is none.
    pub fn importer(
        &self,
        paths: Vec<String>,
        #[wasm_bindgen(unchecked_param_type = "Partial<ImportOptions>")] options: JsValue,
        layout: &str,
    ) -> Result<Importer, JsValue> {
        let layout = Layout::from_json(layout, paths.len()).map_err(error)?;
        let importer = data::Importer::new(paths.clone(), layout, from_js(options)?).map_err(error)?;
        Ok(Importer::new(importer, paths, Rc::clone(&self.datasets)))
    }

    /// Begins a dataset of classes alone, which photos are added to afterwards.
    ///
    /// # Errors
    /// An `Error` for a name that no class can have, or an option that is none.
    pub fn begin(
        &self,
        classes: Vec<String>,
        #[wasm_bindgen(unchecked_param_type = "Partial<ImportOptions>")] options: JsValue,
    ) -> Result<Importer, JsValue> {
        let importer = data::Importer::of_classes(classes, from_js(options)?).map_err(error)?;
        Ok(Importer::new(importer, Vec::new(), Rc::clone(&self.datasets)))
    }

    /// What has to be kept of a dataset beside its pixels; `undefined` where its photos are in memory alone.
    ///
    /// # Errors
    /// An `Error` for a dataset that is closed, or photos that could not all be written.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn dataset_record(&self, dataset: u32) -> Result<Option<Vec<u8>>, JsValue> {
        record::write(self.datasets.get(dataset)?.as_ref()).map_err(error)
    }

    /// Opens what was kept of a dataset, on the store that has its photos, and gives back its number.
    ///
    /// # Errors
    /// An `Error` where the store has not all of them.
    pub fn open_record(&self, record: &[u8], store: &PhotoStore) -> Result<u32, JsValue> {
        Ok(self.datasets.add(record::read(record, &store.0).map_err(error)?))
    }

    /// Makes a dataset of the built-in digits' grey values, which `photos` unpacks, and gives back its number.
    ///
    /// # Errors
    /// An `Error` for values that are not the digits.
    pub fn import_digits(
        &self,
        grey: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Partial<DigitsOptions>")] options: JsValue,
    ) -> Result<u32, JsValue> {
        let options: DigitsOptions = from_js(options)?;
        Ok(self.datasets.add(digits::dataset(grey, &options).map_err(error)?))
    }

    /// Classes, counts and what was left out.
    ///
    /// # Errors
    /// An `Error` for a dataset that is closed.
    #[wasm_bindgen(unchecked_return_type = "DatasetSummary")]
    pub fn dataset_summary(&self, dataset: u32) -> Result<JsValue, JsValue> {
        to_js(&self.datasets.get(dataset)?.summary())
    }

    /// A photo as the network sees it.
    ///
    /// # Errors
    /// An `Error` where there is no such photo.
    #[wasm_bindgen(unchecked_return_type = "LabelledImage")]
    pub fn image(
        &self,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "Split")] split: &str,
        index: usize,
    ) -> Result<JsValue, JsValue> {
        let dataset = self.datasets.get(dataset)?;
        let data = dataset.split(Split::from_str(split).map_err(error)?);
        if index >= data.len() {
            return Err(error(format!(
                "there is no photo {index} among the {} of the {split} split",
                data.len()
            )));
        }
        let [height, width, channels] = dataset.image_shape;
        let mut pixels = Vec::new();
        data.append_pixels(index, &mut pixels).map_err(error)?;
        Ok(object([
            ("width", width.into()),
            ("height", height.into()),
            ("rgba", rgba(&pixels, channels)),
            ("label", dataset.classes[data.labels[index] as usize].as_str().into()),
            ("path", data.paths[index].as_str().into()),
        ]))
    }

    /// Frees a dataset.
    pub fn close_dataset(&self, dataset: u32) {
        self.datasets.remove(dataset);
    }

    /// Frees a model.
    pub fn close_model(&self, model: u32) {
        self.models.remove(model);
    }

    /// A model as a file of this format: `{ bytes, filename, mime }`.
    ///
    /// # Errors
    /// An `Error` for a format that is not written.
    #[wasm_bindgen(unchecked_return_type = "ModelFile")]
    pub async fn export_model(&self, model: u32, format: String) -> Result<JsValue, JsValue> {
        let model = self.models.get(model)?;
        file_of(&model, &*model.state().await, &format)
    }

    /// The same of a model's last good state, without the device and at once: for an engine that is about to end.
    ///
    /// # Errors
    /// An `Error` for a format that is not written.
    #[wasm_bindgen(unchecked_return_type = "ModelFile")]
    pub fn export_last_good(&self, model: u32, format: &str) -> Result<JsValue, JsValue> {
        let model = self.models.get(model)?;
        file_of(&model, &model.good(), format)
    }

    /// Opens a saved model, given as an array of `{ name, bytes }`.
    ///
    /// # Errors
    /// An `Error` that names the file and what is wrong with it.
    #[wasm_bindgen(unchecked_return_type = "ModelReport")]
    pub fn import_model(
        &self,
        #[wasm_bindgen(unchecked_param_type = "NamedBytes[]")] files: &Array,
    ) -> Result<JsValue, JsValue> {
        if files.length() != 1 {
            return Err(error(format!("a model is one file; {} were given", files.length())));
        }
        let field = |name: &str| Reflect::get(&files.get(0), &name.into());
        let name = field("name")?.as_string().unwrap_or_default();
        let bytes: Uint8Array = field("bytes")?.dyn_into().map_err(|_| error(format!("{name}: no bytes")))?;
        // A file of any size may be dropped on the page.
        let full = |full| error(format!("{name}: {full}"));
        let mut content = memory::zeros(bytes.length() as usize).map_err(full)?;
        bytes.copy_to(&mut content);
        let mut read = formats::read(&name, &content).map_err(error)?;
        drop(content);
        read.state.training.seed.get_or_insert(self.seed);
        self.report(Classifier::of(&self.computing(), read).map_err(error)?, None)
    }

    /// Has training change some layers of a model, or leave them as they are: `{ conv2d: false }`. It keeps its weights; its
    /// optimizer begins anew.
    ///
    /// # Errors
    /// An `Error` for a layer that is not there, and for a model that is being trained.
    #[wasm_bindgen(unchecked_return_type = "ModelReport")]
    pub fn set_trainable(
        &self,
        model: u32,
        #[wasm_bindgen(unchecked_param_type = "Record<string, boolean>")] layers: JsValue,
    ) -> Result<JsValue, JsValue> {
        let layers: BTreeMap<String, bool> = from_js(layers)?;
        self.retrained(model, |model| model.with_trainable(&layers))
    }

    /// Has training change a model's layers from the one called `first` on, and leave those before it as they are; frozen batch
    /// norms stay so.
    ///
    /// # Errors
    /// As [`Self::set_trainable`].
    #[wasm_bindgen(unchecked_return_type = "ModelReport")]
    pub fn train_from(&self, model: u32, first: &str) -> Result<JsValue, JsValue> {
        self.retrained(model, |model| model.trained_from(first))
    }

    fn retrained(
        &self,
        number: u32,
        change: impl FnOnce(&Model) -> Result<Model, ModelError>,
    ) -> Result<JsValue, JsValue> {
        let classifier = self.models.get(number)?;
        if classifier.is_busy() {
            return Err(error(ClassifierError::Busy));
        }
        let changed = change(&classifier.model(&classifier.good())).map_err(error)?;
        let changed = Classifier::of(&self.computing(), changed).map_err(error)?;
        let report = reported(number, &changed, None);
        self.models.put(number, Rc::new(changed));
        to_js(&report)
    }

    pub(super) fn report(
        &self,
        model: Classifier,
        recipe_defaults: Option<RecipeDefaults>,
    ) -> Result<JsValue, JsValue> {
        let mut report = reported(0, &model, recipe_defaults);
        report.id = self.models.add(model);
        to_js(&report)
    }
}

/// A model, which the engine knows by this number, as the page shows it.
fn reported(id: u32, model: &Classifier, recipe_defaults: Option<RecipeDefaults>) -> ModelReport {
    let summary = model.network.summary();
    let text = summary.to_string();
    let configs = model.network.layers().iter().map(|placed| {
        let layer = serde_json::to_value(&placed.layer).unwrap_or_default();
        layer.get("config").cloned().unwrap_or_default()
    });
    // A graph's table begins with the network's input, which has no settings.
    let inputs = summary.layers.len() - model.network.layers().len();
    let configs = (0..inputs).map(|_| serde_json::json!({})).chain(configs);
    let layers = summary.layers.into_iter().zip(configs);
    let layers = layers.map(|(summary, config)| LayerReport { summary, config }).collect();
    let (classes, input_shape) = (model.classes.clone(), model.network.input_shape());
    let epochs = model.training().epochs;
    ModelReport {
        id,
        name: summary.name,
        classes,
        epochs,
        input_shape,
        layers,
        total_params: summary.total_params,
        trainable_params: summary.trainable_params,
        non_trainable_params: summary.non_trainable_params,
        text,
        threshold: model.threshold().map(|threshold| threshold.keep),
        recipe_defaults,
    }
}

fn file_of(model: &Classifier, state: &State, format: &str) -> Result<JsValue, JsValue> {
    let file = formats::write(&model.model(state), format).map_err(error)?;
    Ok(object([
        ("bytes", Uint8Array::from(file.bytes.as_slice()).into()),
        ("filename", file.name.into()),
        ("mime", file.mime.into()),
    ]))
}

/// The device for a wish, and a sentence that says why.
pub(super) async fn choose(wish: &str) -> Result<(Device, String), JsValue> {
    match wish {
        "cpu" => Ok((Device::cpu(), "The CPU was chosen.".into())),
        "webgpu" => {
            let gpu = Device::Gpu(Gpu::open().await.map_err(error)?);
            let warning = " It runs in software here, so the CPU is faster.";
            let warning = if gpu.info().software { warning } else { "" };
            Ok((gpu, format!("WebGPU was chosen.{warning}")))
        }
        "auto" => Ok(match Gpu::open().await.map(Device::Gpu) {
            Ok(gpu) if !gpu.info().software => (gpu, "WebGPU runs on this machine's GPU.".into()),
            Ok(_) => (Device::cpu(), "WebGPU runs in software here, so the CPU is faster.".into()),
            Err(_) => (Device::cpu(), "This browser has no WebGPU, so the CPU is used.".into()),
        }),
        _ => Err(error(format!("device is \"{wish}\"; it must be \"auto\", \"webgpu\" or \"cpu\""))),
    }
}
