/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Yes.
    Continue,
    /// No: end after this step.
    Stop,
}

/// Who a long computation runs for. It never blocks for longer than a step: between steps the host gets its turn.
#[allow(async_fn_in_trait)]
pub trait Host {
    /// A clock, in seconds from any fixed moment.
    fn seconds(&self) -> f64;

    /// Called between steps: lets the host do other things, and returns only when the computation may go on.
    async fn turn(&mut self) -> Turn;
}
