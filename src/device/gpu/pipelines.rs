//! A pipeline a kernel, made once: by the browser in the background and several at once, natively when
//! it is asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

#[cfg(target_arch = "wasm32")]
use super::background::Background;
use crate::ops::{Binding, Kernel};

/// The pipelines of an open GPU.
#[derive(Debug, Clone)]
pub(super) struct Pipelines {
    device: wgpu::Device,
    made: Rc<RefCell<HashMap<Kernel, wgpu::ComputePipeline>>>,
    #[cfg(target_arch = "wasm32")]
    started: Rc<RefCell<HashMap<Kernel, (Draft, Background)>>>,
}

/// What a pipeline is made of.
#[derive(Debug, Clone)]
struct Draft {
    label: String,
    layout: wgpu::PipelineLayout,
    module: wgpu::ShaderModule,
}

impl Pipelines {
    pub(super) fn new(device: wgpu::Device) -> Self {
        Self {
            device,
            made: Rc::default(),
            #[cfg(target_arch = "wasm32")]
            started: Rc::default(),
        }
    }

    /// The pipeline of a kernel; made here and now if it is not there yet.
    pub(super) fn get(&self, kernel: &Kernel) -> wgpu::ComputePipeline {
        let made = self.made.borrow().get(kernel).cloned();
        made.unwrap_or_else(|| self.keep(kernel, self.draft(kernel).pipeline(&self.device)))
    }

    /// Begins to make these pipelines; natively this waits for [`Self::ready`].
    pub(super) fn start<'a>(&self, kernels: impl IntoIterator<Item = &'a Kernel>) {
        #[cfg(target_arch = "wasm32")]
        for kernel in kernels {
            if self.made.borrow().contains_key(kernel) || self.started.borrow().contains_key(kernel) {
                continue;
            }
            let draft = self.draft(kernel);
            if let Some(background) = Background::start(&self.device, || draft.pipeline(&self.device)) {
                self.started.borrow_mut().insert(kernel.clone(), (draft, background));
            }
        }
        #[cfg(not(target_arch = "wasm32"))]
        drop(kernels.into_iter());
    }

    /// Waits until these pipelines are made.
    pub(super) async fn ready(&self, kernels: &[Kernel]) {
        self.start(kernels);
        for kernel in kernels {
            #[cfg(target_arch = "wasm32")]
            {
                // Not taken out: who asks for the same one meanwhile waits for it, too.
                let started = self.started.borrow().get(kernel).cloned();
                if let Some((draft, background)) = started {
                    let pipeline = background.finish(&self.device, || draft.pipeline(&self.device)).await;
                    self.keep(kernel, pipeline);
                    self.started.borrow_mut().remove(kernel);
                }
            }
            #[cfg(not(target_arch = "wasm32"))]
            self.get(kernel);
        }
    }

    fn keep(&self, kernel: &Kernel, pipeline: wgpu::ComputePipeline) -> wgpu::ComputePipeline {
        self.made.borrow_mut().entry(kernel.clone()).or_insert(pipeline).clone()
    }

    fn draft(&self, kernel: &Kernel) -> Draft {
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
        Draft { label: kernel.label.clone(), layout, module }
    }
}

impl Draft {
    fn pipeline(&self, device: &wgpu::Device) -> wgpu::ComputePipeline {
        device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&self.label),
            layout: Some(&self.layout),
            module: &self.module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        })
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
