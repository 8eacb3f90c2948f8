use super::*;

#[test]
fn the_hash_is_the_published_one() {
    // The listing of the paper, written down once more lane by lane.
    let reference = |key: [u32; 4]| {
        let mut v = key.map(|k| k.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        for round in 0..2 {
            v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[3]));
            v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
            v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
            v[3] = v[3].wrapping_add(v[1].wrapping_mul(v[2]));
            if round == 0 {
                v = v.map(|k| k ^ (k >> 16));
            }
        }
        v
    };
    for key in [[0; 4], [1, 2, 3, 4], [u32::MAX, 7, 0, 1 << 31]] {
        assert_eq!(pcg4d(key), reference(key));
    }
}

#[test]
fn uniform_numbers_are_uniform() {
    let mut stream = Stream::new(1, Purpose::Shuffle, 0);
    let mut bins = [0u32; 16];
    for _ in 0..160_000 {
        let number = stream.uniform();
        assert!((0.0..1.0).contains(&number));
        bins[(number * 16.0) as usize] += 1;
    }
    for count in bins {
        assert!((9_600..10_400).contains(&count), "{bins:?}");
    }
}

#[test]
fn streams_of_other_seeds_purposes_and_epochs_differ() {
    let first = |seed, purpose, epoch| Stream::new(seed, purpose, epoch).word();
    let words = [
        first(1, Purpose::Shuffle, 0),
        first(2, Purpose::Shuffle, 0),
        first(1, Purpose::Shuffle, 1),
        first(1, Purpose::Split, 0),
        first(1, Purpose::Augmentation, 0),
        first(1, Purpose::Dropout(0), 0),
        first(1, Purpose::Dropout(1), 0),
        first(1, Purpose::Initializer(0), 0),
    ];
    for (i, a) in words.iter().enumerate() {
        assert!(words[i + 1..].iter().all(|b| a != b), "{words:?}");
    }
}

#[test]
fn a_shuffle_is_a_permutation_that_can_be_repeated() {
    let shuffled = |seed| {
        let mut items: Vec<u32> = (0..1000).collect();
        Stream::new(seed, Purpose::Shuffle, 3).shuffle(&mut items);
        items
    };
    let once = shuffled(9);
    assert_eq!(once, shuffled(9));
    assert_ne!(once, shuffled(10));
    let mut sorted = once.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
    assert_ne!(once, sorted);
}
