/// Who hears how far the making of a program is, and may call it off.
#[allow(async_fn_in_trait)]
pub trait Preparation {
    /// So many of all operations have their kernels; asked again and again while one of them takes its time.
    /// Lets the host do other things, and tells whether to go on.
    async fn go_on(&mut self, done: usize, total: usize) -> bool;
}

/// Nobody: goes on to the end.
impl Preparation for () {
    async fn go_on(&mut self, _: usize, _: usize) -> bool {
        true
    }
}
