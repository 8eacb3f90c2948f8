//! Time, and giving it back to the worker's event loop.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, Performance};

/// Seconds since the worker began.
pub(super) fn seconds() -> f64 {
    Reflect::get(&js_sys::global(), &"performance".into())
        .ok()
        .and_then(|performance| performance.dyn_into::<Performance>().ok())
        .map_or_else(|| js_sys::Date::now() / 1e3, |performance| performance.now() / 1e3)
}

/// Lets all messages that wait for this worker be heard. A message to oneself is the quickest way to the
/// end of the queue: timers wait for milliseconds, and promises never leave the current task.
pub(super) async fn breathe() -> Result<(), JsValue> {
    let channel = MessageChannel::new()?;
    let heard = Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
    channel.port2().post_message(&JsValue::NULL)?;
    JsFuture::from(heard).await?;
    channel.port1().close();
    Ok(())
}
