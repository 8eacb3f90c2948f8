//! Operators on numbers of the file: exporters work out shapes and paddings with them.

use super::graph::Graph;
use super::nodes::Node;
use super::tensors::{Constant, Files, MOST};
use super::value::Value;
use crate::Reason;

/// What stands for the number of photos in a shape.
const BATCH: i64 = -1;

/// Works out an operator; none for one that is not of these, or reads something else.
///
/// # Errors
/// A [`Reason`] that names the node.
pub fn translate(graph: &Graph, node: &Node) -> Result<Option<Value>, Reason> {
    let first = match graph.read(node, 0)? {
        Some(Value::Lane(x)) if node.operator == "Shape" => {
            let sizes = x.sizes().into_iter().map(|size| size as i64);
            return Ok(Some(whole(std::iter::once(BATCH).chain(sizes).collect())));
        }
        Some(Value::Constant(first)) if first.shape.iter().product::<usize>() <= MOST => first,
        _ => return Ok(None),
    };
    let (shape, numbers) = (&first.shape, first.numbers());
    let second = |at: usize| graph.constant(node, at).map(|of| of.map(|of| of.numbers()));
    let wrong = || node.wrong("only shapes and paddings are worked out");
    Ok(Some(match node.operator.as_str() {
        "Gather" => {
            let at = graph.constant(node, 1)?.ok_or_else(wrong)?;
            let pick = |at: &i64| {
                let at = if *at < 0 { *at + numbers.len() as i64 } else { *at };
                usize::try_from(at).ok().and_then(|at| numbers.get(at)).copied()
            };
            let few = at.shape.iter().product::<usize>() <= MOST;
            let picked: Option<Vec<i64>> = at.numbers().iter().take(MOST).map(pick).collect();
            let picked = picked.filter(|_| few).ok_or_else(wrong)?;
            Value::Constant(Constant::whole(at.shape, picked))
        }
        "Concat" => {
            let mut all = Vec::new();
            for at in 0..node.inputs.len() {
                let part = graph.constant(node, at)?.ok_or_else(wrong)?;
                if all.len() + part.shape.iter().product::<usize>() > MOST {
                    return Err(wrong());
                }
                all.extend(part.numbers());
            }
            whole(all)
        }
        "ConstantOfShape" => {
            let count = numbers.iter().try_fold(1_usize, |product, size| {
                product.checked_mul(usize::try_from(*size).ok()?).filter(|product| *product <= MOST)
            });
            let value = node.attribute("value").and_then(|of| of.t.clone());
            let value = value.map(|tensor| Constant::of(tensor, &mut Files::none())).transpose()?;
            let value = value.and_then(|value| value.one()).unwrap_or(0.0);
            whole(vec![value as i64; count.ok_or_else(wrong)?])
        }
        "Unsqueeze" => whole(numbers),
        "Squeeze" if numbers.len() == 1 => Value::Constant(Constant::whole(Vec::new(), numbers)),
        "Reshape" => {
            let wanted = second(1)?.ok_or_else(wrong)?;
            let known: i64 =
                wanted.iter().filter(|size| **size > 0).fold(1, |all, size| all.saturating_mul(*size));
            let size = |size: &i64| if *size > 0 { *size as usize } else { numbers.len() / known as usize };
            let sizes: Vec<usize> = wanted.iter().take(8).map(size).collect();
            if sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)) != Some(numbers.len()) {
                return Err(wrong());
            }
            Value::Constant(Constant::whole(sizes, numbers))
        }
        "Transpose" => match shape[..] {
            [rows, columns] if node.ints("perm") == Some(&[1, 0]) => {
                let turned = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
                Value::Constant(Constant::whole(vec![columns, rows], turned.map(|at| numbers[at]).collect()))
            }
            _ => return Err(wrong()),
        },
        "Slice" => {
            let bound = |at, or: i64| -> Result<i64, Reason> {
                Ok(second(at)?.and_then(|numbers| numbers.first().copied()).unwrap_or(or))
            };
            let rows = shape.first().copied().unwrap_or(0);
            let row = numbers.len() / rows.max(1);
            let (len, step) = (rows as i64, bound(4, 1)?);
            let (start, end, axis) = (bound(1, 0)?, bound(2, i64::MAX)?, bound(3, 0)?);
            let within = |at: i64| if at < 0 { at.saturating_add(len) } else { at };
            let picked: Vec<usize> = match step {
                1 => (within(start).clamp(0, len) as usize..within(end).clamp(0, len) as usize).collect(),
                // From the end to the beginning, which exporters write for pads.
                -1 if start == -1 && end < -len => (0..rows).rev().collect(),
                _ => return Err(wrong()),
            };
            if axis != 0 {
                return Err(wrong());
            }
            let values = picked.iter().flat_map(|at| &numbers[at * row..(at + 1) * row]).copied().collect();
            let mut sizes = shape.clone();
            sizes.iter_mut().take(1).for_each(|size| *size = picked.len());
            Value::Constant(Constant::whole(sizes, values))
        }
        _ => return Ok(None),
    }))
}

fn whole(values: Vec<i64>) -> Value {
    Value::Constant(Constant::whole(vec![values.len()], values))
}
