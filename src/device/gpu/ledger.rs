use std::cell::Cell;
use std::rc::Rc;

use crate::device::Memory;

/// A buffer whose memory is given back when the last owner drops it: on the web, dropping a
/// `wgpu::Buffer` alone frees nothing.
#[derive(Debug, Clone)]
pub(super) struct Owned(Rc<Counted>);

#[derive(Debug)]
struct Counted {
    buffer: wgpu::Buffer,
    ledger: Rc<Ledger>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.buffer.destroy();
        self.ledger.used.set(self.ledger.used.get() - self.buffer.size());
    }
}

/// What a GPU's buffers take, in bytes.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    used: Cell<u64>,
    peak: Cell<u64>,
}

impl Ledger {
    pub(super) fn memory(&self) -> Memory {
        Memory { bytes: self.used.get(), peak_bytes: self.peak.get() }
    }

    pub(super) fn own(self: &Rc<Self>, buffer: wgpu::Buffer) -> Owned {
        self.used.set(self.used.get() + buffer.size());
        self.peak.set(self.peak.get().max(self.used.get()));
        Owned(Rc::new(Counted { buffer, ledger: Rc::clone(self) }))
    }
}

impl std::ops::Deref for Owned {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        &self.0.buffer
    }
}
