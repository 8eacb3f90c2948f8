//! What a thread allocates: the sum at its highest, in bytes. Whoever names this module has all of its allocations counted.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static HIGHEST: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn add(bytes: isize) {
    // A thread that ends has none of them any more.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + bytes);
        let _ = HIGHEST.try_with(|highest| highest.set(highest.get().max(now.get())));
    });
}

// SAFETY: the system's allocator does all of the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both pieces are there while one is copied.
        add(size as isize);
        let moved = unsafe { System.realloc(pointer, layout, size) };
        add(-(layout.size() as isize));
        moved
    }
}

/// What this gives, and how many bytes it had at once on this thread.
pub fn measured<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.get();
    HIGHEST.set(before);
    let result = run();
    (result, (HIGHEST.get() - before).max(0) as usize)
}
