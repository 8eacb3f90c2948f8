use std::rc::Rc;
use std::sync::Arc;

use super::choices::Choices;
use super::clock::Clock;
use super::failure::Failure;
use super::ledger::Ledger;
use super::pipelines::Pipelines;
use crate::device::tuning::ENGINE;
use crate::device::{DeviceError, DeviceInfo, Kind, Memory, Tuning};

/// What Cargo.toml has of these for the system that this runs on.
const BACKENDS: wgpu::Backends = if cfg!(target_arch = "wasm32") {
    wgpu::Backends::BROWSER_WEBGPU
} else {
    wgpu::Backends::VULKAN.union(wgpu::Backends::METAL).union(wgpu::Backends::DX12)
};

/// An open GPU; clones are the same one.
#[derive(Debug, Clone)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) failure: Failure,
    pub(super) choices: Choices,
    pub(super) ledger: Rc<Ledger>,
    pub(super) name: String,
    /// Tells this adapter from others of the machine.
    identity: String,
    pub(super) software: bool,
    pub(super) pipelines: Pipelines,
    /// Where the adapter has one.
    pub(super) clock: Option<Rc<Clock>>,
}

impl Gpu {
    /// Opens the fastest adapter there is, with all the buffer sizes that it allows.
    ///
    /// # Errors
    /// [`DeviceError::NoGpu`] with the browser's reason.
    pub async fn open() -> Result<Self, DeviceError> {
        let no_gpu = |error: &dyn std::fmt::Display| DeviceError::NoGpu(error.to_string());
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = BACKENDS;
        let adapter = wgpu::Instance::new(descriptor)
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            })
            .await
            .map_err(|error| no_gpu(&error))?;
        let info = adapter.get_info();
        let allowed = adapter.limits();
        let limits = wgpu::Limits {
            max_buffer_size: allowed.max_buffer_size,
            max_storage_buffer_binding_size: allowed.max_storage_buffer_binding_size,
            ..wgpu::Limits::default()
        };
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("fovea"),
                required_limits: limits,
                required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
                ..Default::default()
            })
            .await
            .map_err(|error| no_gpu(&error))?;
        let failure = Failure::default();
        let noted = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| noted.note(&error.to_string())));
        let noted = failure.clone();
        device.set_device_lost_callback(move |_, message| noted.note(&lost(&message)));
        let ledger = Rc::default();
        let clock = Clock::of(&device, &queue, &ledger).map(Rc::new);
        Ok(Self {
            identity: identity(&device, &info.name),
            pipelines: Pipelines::new(device.clone()),
            device,
            queue,
            failure,
            name: if info.name.is_empty() { "WebGPU adapter".into() } else { info.name },
            software: info.device_type == wgpu::DeviceType::Cpu,
            choices: Choices::default(),
            ledger,
            clock,
        })
    }

    /// Why it computes nothing any more; nothing where it does.
    pub(in crate::device) fn lost(&self) -> Option<DeviceError> {
        self.failure.check().err()
    }

    /// Loses the GPU, as a driver that crashes does.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) fn lose(&self) {
        self.device.destroy();
        self.wait();
    }

    pub(in crate::device) fn memory(&self) -> Memory {
        self.ledger.memory()
    }

    pub(in crate::device) fn tuning(&self) -> Tuning {
        let (adapter, engine) = (self.identity.clone(), ENGINE.to_owned());
        Tuning { adapter, engine, winners: self.choices.all() }
    }

    pub(in crate::device) fn tune(&self, tuning: Tuning) {
        if tuning.adapter == self.identity && tuning.engine == ENGINE {
            self.choices.add(tuning.winners);
        }
    }

    pub(in crate::device) fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: Kind::WebGpu, name: self.name.clone(), software: self.software }
    }
}

/// Browsers give a sentence of their own, or none.
fn lost(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    if message.is_empty() { "the device was lost".into() } else { format!("the device was lost: {message}") }
}

/// What a browser says of an adapter: its name alone is empty in most.
#[cfg(target_arch = "wasm32")]
fn identity(device: &wgpu::Device, name: &str) -> String {
    let info = device.as_webgpu().map(|device| device.adapter_info().into());
    let info: wasm_bindgen::JsValue = info.unwrap_or_default();
    let told = |field: &str| js_sys::Reflect::get(&info, &field.into()).ok()?.as_string();
    let parts = ["vendor", "architecture", "device"].into_iter().filter_map(told);
    parts.chain([name.to_owned()]).collect::<Vec<_>>().join("/")
}

#[cfg(not(target_arch = "wasm32"))]
fn identity(_: &wgpu::Device, name: &str) -> String {
    name.to_owned()
}
