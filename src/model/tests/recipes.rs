//! The recipes: networks for photos of any size, and the layers that they put on top of a base.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// The pairs of convolution and pooling in a recipe's network for square photos, and its parameters.
fn pairs_and_parameters(recipe: Recipe, side: usize, channels: usize, classes: usize) -> (usize, usize) {
    let network = recipe.network([side, side, channels], classes).unwrap();
    let poolings = network.layers().iter().filter(|placed| matches!(placed.layer, Layer::MaxPooling2D(_)));
    (poolings.count(), network.summary().total_params)
}

fn from_scratch() -> impl Iterator<Item = Recipe> {
    Recipe::ALL.into_iter().filter(|recipe| !recipe.needs_base())
}

#[test]
fn recipes_on_a_base_have_the_books_head_and_no_network_of_their_own() {
    for recipe in Recipe::ALL {
        let head = recipe.head(Pooling::Average, 2);
        if !recipe.needs_base() {
            assert_eq!(head, Err(ModelError::NeedsNoBase(recipe.name())));
            continue;
        }
        assert_eq!(recipe.network([150, 150, 3], 2), Err(ModelError::NeedsBase(recipe.name())));
        assert_eq!(recipe.defaults(2).loss, Loss::BinaryCrossentropy);
        assert_eq!(recipe.defaults(2).augmentation.is_none(), recipe == Recipe::FeatureExtraction);
        // The book's: VGG16's 4 x 4 x 512 values, 256 units, and one for two classes.
        let network = |pooling, classes| {
            let head = recipe.head(pooling, classes).unwrap();
            Network::graph("head", [4, 4, 512], head).unwrap().summary().total_params
        };
        assert_eq!(network(Pooling::Flatten, 2), 2_097_665);
        assert_eq!(network(Pooling::Average, 2), 131_585);
        assert_eq!(network(Pooling::Average, 3), 512 * 256 + 256 + 256 * 3 + 3);
    }
}

#[test]
fn every_recipe_makes_a_network_of_photos_of_any_size() {
    for recipe in from_scratch() {
        for side in (1..=512).chain([513, 640, 797, 798, 1023, 1024]) {
            for (channels, classes) in [(1, 10), (3, 2), (3, 43)] {
                let (pairs, parameters) = pairs_and_parameters(recipe, side, channels, classes);
                assert!(parameters <= 1 << 25, "{recipe:?} at {side} has {parameters} parameters");
                assert_eq!(
                    pairs > 0,
                    side >= if recipe == Recipe::Digits { 8 } else { 4 },
                    "{recipe:?} at {side}"
                );
            }
        }
        for shape in [[8, 1024, 3], [1024, 46, 3], [45, 1024, 3], [190, 1024, 1], [3, 1024, 3], [1, 1, 1]] {
            recipe.network(shape, 5).unwrap();
        }
    }
}

#[test]
fn photos_of_the_books_sizes_get_the_books_network_and_others_fewer_or_more_pairs() {
    let small = |side| pairs_and_parameters(Recipe::CatsAndDogsSmall, side, 3, 2);
    let dropout = |side| pairs_and_parameters(Recipe::CatsAndDogsSmall2, side, 3, 2);
    let digits = |side| pairs_and_parameters(Recipe::Digits, side, 1, 10);
    for side in 46..=397 {
        // 2x2 poolings and 3x3 windows, four times.
        let left = (0..4).fold(side, |side, _| (side - 2) / 2);
        let parameters = 896 + 18_496 + 73_856 + 147_584 + (left * left * 128 + 1) * 512 + 513;
        assert_eq!(small(side), (4, parameters), "at {side}");
        assert_eq!(dropout(side), (4, parameters), "at {side}");
    }
    assert_eq!([22, 45].map(|side| small(side).0), [3, 3]);
    assert_eq!([10, 21].map(|side| small(side).0), [2, 2]);
    assert_eq!([4, 8, 9].map(|side| small(side).0), [1, 1, 1]);
    assert_eq!([398, 400, 512].map(|side| small(side).0), [5, 5, 5]);
    assert_eq!(small(1024).0, 6);
    for side in 18..=377 {
        let left = (0..2).fold(side, |side, _| (side - 2) / 2) - 2;
        let parameters = 320 + 18_496 + 36_928 + (left * left * 64 + 1) * 64 + 650;
        assert_eq!(digits(side), (2, parameters), "at {side}");
    }
    assert_eq!([8, 17, 378, 512].map(|side| digits(side).0), [1, 1, 3, 3]);
}

#[test]
fn classes_that_are_too_many_are_told_as_that() {
    for recipe in from_scratch() {
        for side in [16, 100, 512] {
            let error = recipe.network([side, side, 3], 10_000_000).unwrap_err();
            assert!(matches!(error, ModelError::TooManyParameters { .. }), "{recipe:?} at {side}: {error}");
        }
    }
}
