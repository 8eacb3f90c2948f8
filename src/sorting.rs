//! One sort for all types, since the standard library's is compiled anew for each: 5 kB of wasm every time.

use std::cmp::Ordering;

/// Sorts stably.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|one, other| compare(&items[one], &items[other]));
    let mut unsorted: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|index| unsorted[index].take()));
}

/// The indices of items, sorted.
#[inline(never)]
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for count in [0, 1, 2, 30, 500] {
            let words: Vec<String> = (0..count).map(|at| format!("{} {at}", at * 37 % 11)).collect();
            let key = |word: &str| word.split(' ').next().map(str::to_owned);
            let (mut found, mut expected) = (words.clone(), words);
            sort_by(&mut found, |a, b| key(a).cmp(&key(b)));
            expected.sort_by_key(|word| key(word));
            assert_eq!(found, expected);
        }
    }
}
