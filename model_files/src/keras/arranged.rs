//! Keras' own order of a graph's layers. It reckons it from the graph alone when it opens a file, and gives values to layers, and an
//! optimizer's state to variables, by their places in it, whatever their names are.

use std::borrow::Cow;
use std::rc::Rc;

use fovea::model::Network;
use fovea::trained::{Model, State};

/// The same model with its layers in Keras' order.
///
/// # Errors
/// What is wrong with the network, in words; none that are known.
pub fn arranged(model: &Model) -> Result<Cow<'_, Model>, String> {
    let order = order(&model.network);
    if order.iter().zip(0..).all(|(at, place)| *at == place) {
        return Ok(Cow::Borrowed(model));
    }
    let network = &model.network;
    let layers = order.into_iter().map(|at| network.graph_layer(at)).collect();
    let arranged =
        Network::graph(network.name(), network.input_shape(), layers).map_err(|error| error.to_string())?;
    let before = &model.state;
    // The parameters and the optimizer's slots lie alike.
    let trained: Vec<&Vec<f32>> = std::iter::once(&before.parameters).chain(&before.slots).collect();
    let mut moved: Vec<Vec<f32>> = trained.iter().map(|values| vec![0.0; values.len()]).collect();
    let mut frozen = vec![0.0; before.frozen.len()];
    for parameter in arranged.parameters() {
        let old = network.parameters().iter().find(|old| old.name == parameter.name);
        let Some(old) = old else { continue };
        if parameter.is_frozen() {
            frozen[parameter.range()].copy_from_slice(before.values(old));
        } else {
            for (to, from) in moved.iter_mut().zip(&trained) {
                to[parameter.range()].copy_from_slice(&from[old.range()]);
            }
        }
    }
    let slots = moved.split_off(1);
    let (parameters, training) = (moved.swap_remove(0), before.training.clone());
    let state = State { parameters, frozen: Rc::new(frozen), slots, training };
    let classes = model.classes.clone();
    // No file of Keras has a threshold.
    Ok(Cow::Owned(Model { network: arranged, classes, state, sizing: model.sizing, threshold: None }))
}

/// The layers' numbers as Keras' `map_graph` sorts them: by the longest way to the output, the farthest first; at the same
/// distance by when a walk from the output, which follows what a layer reads in order, first comes to them.
fn order(network: &Network) -> Vec<usize> {
    let layers = network.layers();
    let mut depth = vec![0; layers.len()];
    for (at, placed) in layers.iter().enumerate().rev() {
        for read in placed.inputs.iter().filter_map(|value| value.checked_sub(1)) {
            depth[read] = depth[read].max(depth[at] + 1);
        }
    }
    let mut at_depth = vec![Vec::new(); layers.len()];
    let mut met = vec![false; layers.len()];
    // Each layer is read by another one, but for the last: the walk from there comes to all of them.
    let mut stack: Vec<usize> = (0..layers.len()).collect();
    while let Some(at) = stack.pop() {
        if !met[at] {
            met[at] = true;
            at_depth[depth[at]].push(at);
            stack.extend(layers[at].inputs.iter().rev().filter_map(|value| value.checked_sub(1)));
        }
    }
    at_depth.into_iter().rev().flatten().collect()
}

#[cfg(test)]
mod tests {
    use fovea::model::{Adam, Optimizer};
    use fovea::trained::Training;

    use super::*;

    fn names(network: &Network) -> Vec<&str> {
        network.layers().iter().map(|placed| placed.name.as_str()).collect()
    }

    /// Two ways from the stem to a sum, whose layers have the same shapes; `sum` is what it reads, in order.
    fn branches(sum: [&str; 2]) -> Network {
        let conv = |name: &str, from: &str| {
            let config = format!(
                r#"{{"name":"{name}","filters":3,"kernel_size":3,"padding":"same","trainable":{}}}"#,
                name != "b"
            );
            format!(r#"{{"class_name":"Conv2D","inbound":["{from}"],"config":{config}}}"#)
        };
        let [first, second] = sum;
        let layers = format!(
            r#"[{},{},{},{},{{"class_name":"Add","inbound":["{first}","{second}"],"config":{{"name":"sum"}}}},
                {{"class_name":"Flatten"}},{{"class_name":"Dense","config":{{"units":2,"activation":"softmax"}}}}]"#,
            conv("stem", "input_layer"),
            conv("short", "stem"),
            conv("b", "stem"),
            conv("c", "b"),
        );
        Network::graph("branches", [6, 6, 3], serde_json::from_str(&layers).unwrap()).unwrap()
    }

    #[test]
    fn layers_come_by_their_distance_from_the_output_and_then_as_they_are_read() {
        for (sum, wanted) in [
            (["c", "short"], ["stem", "b", "c", "short", "sum", "flatten", "dense"]),
            (["short", "c"], ["stem", "b", "short", "c", "sum", "flatten", "dense"]),
        ] {
            let network = branches(sum);
            assert_eq!(names(&network)[..4], ["stem", "short", "b", "c"]);
            let found: Vec<&str> = order(&network).into_iter().map(|at| names(&network)[at]).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn each_layer_keeps_its_values_and_its_share_of_the_optimizers_state() {
        let network = branches(["c", "short"]);
        let counted =
            |from: usize, len: usize| (from..from + len).map(|value| value as f32).collect::<Vec<_>>();
        let words = network.parameter_words();
        let mut state = State::initial(counted(1, words), 1);
        state.frozen = Rc::new(counted(7_000, network.words(fovea::model::Region::Frozen)));
        state.slots = vec![counted(10_000, words), counted(20_000, words)];
        state.training =
            Training { optimizer: Some(Optimizer::Adam(Adam::default())), iteration: 3, ..state.training };
        let classes = vec!["a".to_owned(), "b".to_owned()];
        let model = Model { network, classes, state, sizing: None, threshold: None };
        let arranged = arranged(&model).unwrap();
        assert_eq!(names(&arranged.network), ["stem", "b", "c", "short", "sum", "flatten", "dense"]);
        assert_eq!(arranged.state.training, model.state.training);
        for parameter in arranged.network.parameters() {
            let old = model.network.parameters().iter().find(|old| old.name == parameter.name).unwrap();
            assert_eq!(arranged.state.values(parameter), model.state.values(old), "{}", old.name);
            if !old.is_frozen() {
                for (slot, before) in arranged.state.slots.iter().zip(&model.state.slots) {
                    assert_eq!(slot[parameter.range()], before[old.range()], "{}", old.name);
                }
            }
        }
        // What is in order already stays as it is.
        assert!(matches!(super::arranged(&arranged), Ok(Cow::Borrowed(_))));
    }
}
