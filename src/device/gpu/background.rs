//! Pipelines that the browser makes in the background.
//!
//! wgpu knows only `createComputePipeline`, at whose first use the browser compiles in the process that
//! also draws the page. So that method is shadowed on the one device object while wgpu calls it: first
//! by `createComputePipelineAsync` with the same descriptor, later by what that one has made.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const METHOD: &str = "createComputePipeline";
const IN_BACKGROUND: &str = "createComputePipelineAsync";

/// A pipeline under way.
#[derive(Debug, Clone)]
pub(super) struct Background(Promise);

impl Background {
    /// Has what `make` asks wgpu for made in the background; `None` where the browser does not do that.
    pub(super) fn start(device: &wgpu::Device, make: impl FnOnce() -> wgpu::ComputePipeline) -> Option<Self> {
        let object: JsValue = device.as_webgpu()?.clone().into();
        let in_background: Function = Reflect::get(&object, &IN_BACKGROUND.into()).ok()?.dyn_into().ok()?;
        let started = std::rc::Rc::new(std::cell::RefCell::new(None));
        let keep = std::rc::Rc::clone(&started);
        let this = object.clone();
        let placeholder = shadowed(&object, make, move |descriptor| {
            keep.replace(in_background.call1(&this, &descriptor).ok());
            Object::new().into()
        });
        // Never used: it only made wgpu say what it wants.
        drop(placeholder);
        let promise = started.take()?.dyn_into().ok()?;
        Some(Self(promise))
    }

    /// Waits for the pipeline and hands it to wgpu, which asks for it through `make`.
    pub(super) async fn finish(
        self,
        device: &wgpu::Device,
        make: impl FnOnce() -> wgpu::ComputePipeline,
    ) -> wgpu::ComputePipeline {
        match (JsFuture::from(self.0).await, device.as_webgpu()) {
            (Ok(made), Some(object)) => {
                let object: JsValue = object.clone().into();
                shadowed(&object, make, move |_| made.clone())
            }
            // Made in the usual way, its failure is told in the usual way.
            _ => make(),
        }
    }
}

/// Calls `make` while the device's method does this instead.
fn shadowed(
    device: &JsValue,
    make: impl FnOnce() -> wgpu::ComputePipeline,
    instead: impl FnMut(JsValue) -> JsValue + 'static,
) -> wgpu::ComputePipeline {
    let instead = Closure::<dyn FnMut(JsValue) -> JsValue>::new(instead);
    // Where it cannot be set, the method itself answers, which is as right.
    let _ = Reflect::set(device, &METHOD.into(), instead.as_ref());
    let pipeline = make();
    let _ = Reflect::delete_property(device.unchecked_ref::<Object>(), &METHOD.into());
    pipeline
}
