use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::buffers::Ledger;
use super::choice::Choices;
use super::failure::Failure;
use crate::device::{DeviceError, DeviceInfo, Kind, Memory};
use crate::ops::{Binding, Kernel};

/// An open GPU; clones are the same one.
#[derive(Debug, Clone)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) failure: Failure,
    pub(super) choices: Choices,
    pub(super) ledger: Rc<Ledger>,
    pub(super) name: String,
    software: bool,
    pipelines: Rc<RefCell<HashMap<Kernel, wgpu::ComputePipeline>>>,
}

impl Gpu {
    /// Opens the fastest adapter there is, with all the buffer sizes that it allows.
    ///
    /// # Errors
    /// [`DeviceError::NoGpu`] with the browser's reason.
    pub async fn open() -> Result<Self, DeviceError> {
        let no_gpu = |error: &dyn std::fmt::Display| DeviceError::NoGpu(error.to_string());
        let backends = if cfg!(target_arch = "wasm32") {
            wgpu::Backends::BROWSER_WEBGPU
        } else {
            wgpu::Backends::VULKAN
        };
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = backends;
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
                ..Default::default()
            })
            .await
            .map_err(|error| no_gpu(&error))?;
        let failure = Failure::default();
        let noted = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| noted.note(&error.to_string())));
        let noted = failure.clone();
        device.set_device_lost_callback(move |reason, message| {
            if reason != wgpu::DeviceLostReason::Destroyed {
                noted.note(&format!("the device was lost: {message}"));
            }
        });
        Ok(Self {
            device,
            queue,
            failure,
            name: if info.name.is_empty() { "WebGPU adapter".into() } else { info.name },
            software: info.device_type == wgpu::DeviceType::Cpu,
            choices: Choices::default(),
            ledger: Rc::default(),
            pipelines: Rc::default(),
        })
    }

    pub(in crate::device) fn memory(&self) -> Memory {
        self.ledger.memory()
    }

    pub(in crate::device) fn info(&self) -> DeviceInfo {
        DeviceInfo { kind: Kind::WebGpu, name: self.name.clone(), software: self.software }
    }

    /// The pipeline of a kernel, made at its first use.
    pub(super) fn pipeline(&self, kernel: &Kernel) -> wgpu::ComputePipeline {
        if let Some(pipeline) = self.pipelines.borrow().get(kernel) {
            return pipeline.clone();
        }
        let entries: Vec<_> = kernel.bindings.iter().zip(0..).map(|(b, at)| layout_entry(*b, at)).collect();
        let label = Some(kernel.label.as_str());
        let bindings = self
            .device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
        let layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label,
            bind_group_layouts: &[Some(&bindings)],
            immediate_size: 0,
        });
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label,
            source: wgpu::ShaderSource::Wgsl(kernel.source.as_str().into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label,
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        self.pipelines.borrow_mut().insert(kernel.clone(), pipeline.clone());
        pipeline
    }
}

fn layout_entry(binding: Binding, at: u32) -> wgpu::BindGroupLayoutEntry {
    let ty = match binding {
        Binding::Input(_) | Binding::ScratchInput => wgpu::BufferBindingType::Storage { read_only: true },
        Binding::Output(_) | Binding::Scratch => wgpu::BufferBindingType::Storage { read_only: false },
        Binding::Step => wgpu::BufferBindingType::Uniform,
    };
    wgpu::BindGroupLayoutEntry {
        binding: at,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}
