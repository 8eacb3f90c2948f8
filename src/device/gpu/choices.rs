use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::ops::Kernels;

/// Which kernels won on an adapter: the winner's fingerprint by the plain kernels', which tell operation
/// and sizes.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices(Rc<RefCell<BTreeMap<String, String>>>);

impl Choices {
    pub(super) fn remember(&self, plain: &Kernels, fastest: &Kernels) {
        self.0.borrow_mut().insert(fingerprint(plain), fingerprint(fastest));
    }

    /// The winner, if it is still among these variants or the plain kernels themselves.
    pub(super) fn winner(&self, plain: &Kernels, variants: Vec<Kernels>) -> Option<Kernels> {
        let wanted = self.0.borrow().get(&fingerprint(plain)).cloned()?;
        std::iter::once(plain.clone()).chain(variants).find(|kernels| fingerprint(kernels) == wanted)
    }

    /// All of them, for another day.
    pub(super) fn all(&self) -> BTreeMap<String, String> {
        self.0.borrow().clone()
    }

    /// Adds those of another day.
    pub(super) fn add(&self, choices: BTreeMap<String, String>) {
        self.0.borrow_mut().extend(choices);
    }
}

/// 64 bits of everything that a kernel is: FNV-1a.
fn fingerprint(kernels: &Kernels) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in format!("{kernels:?}").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::ops::{Operation, rescale};

    fn kernels(count: usize) -> Kernels {
        rescale::Rescale { count }.gpu()
    }

    #[test]
    fn a_winner_is_known_again_while_it_is_offered() {
        let (today, another_day) = (Choices::default(), Choices::default());
        let [plain, fast, slow] = [1, 2, 3].map(kernels);
        today.remember(&plain, &fast);
        today.remember(&slow, &slow);
        another_day.add(today.all());
        assert_eq!(another_day.winner(&plain, vec![slow.clone(), fast.clone()]), Some(fast.clone()));
        assert_eq!(another_day.winner(&plain, vec![slow.clone()]), None);
        assert_eq!(another_day.winner(&slow, vec![fast.clone()]), Some(slow));
        assert_eq!(another_day.winner(&fast, vec![plain]), None);
    }

    #[test]
    fn fingerprints_tell_kernels_apart() {
        let of_workgroups = |workgroups| {
            let mut kernels = kernels(1);
            kernels.kernels[0].workgroups = workgroups;
            fingerprint(&kernels)
        };
        assert_eq!(of_workgroups([1, 2, 3]), of_workgroups([1, 2, 3]));
        assert_ne!(of_workgroups([1, 2, 3]), of_workgroups([3, 2, 1]));
        assert_ne!(fingerprint(&kernels(1)), fingerprint(&Kernels { scratch: 1, ..kernels(1) }));
    }
}
