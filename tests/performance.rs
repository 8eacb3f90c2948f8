//! The tables of `docs/performance.md`, from the plans and the kernels themselves.
//!
//! They are held against what the file says; with `FOVEA_WRITE_TABLES=1` they are written into it instead.
#![cfg(not(target_arch = "wasm32"))]

#[path = "performance/estimate.rs"]
mod estimate;
#[path = "performance/passes.rs"]
mod passes;

use std::error::Error;
use std::fmt::Write;
use std::{env, fs};

use estimate::{Estimate, GPUS};
use fovea::model::{Activation, Conv2D, Dense, Flatten, Layer, Loss, MaxPooling2D};
use fovea::model::{Network, Optimizer, Padding, Pair, Recipe};
use passes::{Pass, passes};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const SIZE: usize = 150;
const BATCH: usize = 20;

/// VGG16's convolutions and poolings, and one unit on top of them, so that there is a loss.
fn vgg16() -> Result<Network, Box<dyn Error>> {
    let conv = |filters| {
        Layer::Conv2D(Conv2D {
            filters,
            kernel_size: Pair([3, 3]),
            padding: Padding::Same,
            activation: Activation::Relu,
            ..Conv2D::default()
        })
    };
    let mut layers = Vec::new();
    for (filters, convolutions) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
        layers.extend((0..convolutions).map(|_| conv(filters)));
        layers.push(Layer::MaxPooling2D(MaxPooling2D::default()));
    }
    layers.push(Layer::Flatten(Flatten::default()));
    layers.push(Layer::Dense(Dense { units: 1, activation: Activation::Sigmoid, ..Dense::default() }));
    Ok(Network::new("vgg16", [SIZE, SIZE, 3], layers)?)
}

/// Passes that come to the same in one row, in the order of the first of each.
fn alike(passes: &[Pass], same: impl Fn(&Pass, &Pass) -> bool) -> Vec<Vec<&Pass>> {
    let mut rows: Vec<Vec<&Pass>> = Vec::new();
    for pass in passes {
        match rows.iter_mut().find(|row| same(row[0], pass)) {
            Some(row) => row.push(pass),
            None => rows.push(vec![pass]),
        }
    }
    rows
}

/// What must be computed and moved, and how long that takes at the least.
fn roofline(passes: &[Pass]) -> Result<String, std::fmt::Error> {
    let mut table = String::new();
    let names = GPUS.map(|gpu| gpu.name);
    writeln!(table, "| layer | passes | GFLOP | MB | FLOP/B | {}, ms | {}, ms |", names[0], names[1])?;
    writeln!(table, "|---|---|--:|--:|--:|--:|--:|")?;
    for row in alike(passes, |a, b| a.layer == b.layer) {
        let pass = row[0];
        for other in &row {
            assert!((other.flop - pass.flop).abs() < 1.0 && (other.bytes / pass.bytes - 1.0).abs() < 0.02);
        }
        let mut ways: Vec<&str> = row.iter().map(|pass| pass.name).collect();
        ways.sort_unstable();
        ways.dedup();
        let times =
            if row.len() > ways.len() { format!("{} x ", row.len() / ways.len()) } else { String::new() };
        let [flop, bytes, intensity] = [pass.flop / 1e9, pass.bytes / 1e6, pass.flop / pass.bytes];
        let ways = ways.join(", ").replace(" gradient", "");
        write!(table, "| {} | {times}{ways} | {flop:.2} | {bytes:.1} | {intensity:.0} |", pass.layer)?;
        for gpu in &GPUS {
            let bound = if intensity > gpu.peak / gpu.bandwidth { "c" } else { "m" };
            write!(table, " {:.3} {bound} |", 1e3 * gpu.floor(pass))?;
        }
        writeln!(table)?;
    }
    let sum = |of: fn(&Pass) -> f64| passes.iter().map(of).sum::<f64>();
    let [flop, bytes] = [sum(|pass| pass.flop), sum(|pass| pass.bytes)];
    write!(table, "| **a step** | all | {:.1} | {:.0} | {:.0} |", flop / 1e9, bytes / 1e6, flop / bytes)?;
    for gpu in &GPUS {
        write!(table, " **{:.2}** |", 1e3 * passes.iter().map(|pass| gpu.floor(pass)).sum::<f64>())?;
    }
    writeln!(table)?;
    Ok(table)
}

/// Which kernel is likeliest to win on each GPU, and what it is thought to take.
fn tiles(passes: &[Pass]) -> Result<String, std::fmt::Error> {
    let mut table = String::new();
    write!(table, "| layer | pass |")?;
    for gpu in &GPUS {
        write!(table, " {}: tile | workgroups | busy | ms | x floor |", gpu.name)?;
    }
    writeln!(table, "\n|---|---|{}", "---|--:|--:|--:|--:|".repeat(GPUS.len()))?;
    for row in alike(passes, |a, b| a.layer == b.layer && a.name == b.name) {
        let pass = row[0];
        let times = if row.len() > 1 { format!("{} x ", row.len()) } else { String::new() };
        write!(table, "| {} | {times}{} |", pass.layer, pass.name.replace(" gradient", ""))?;
        for gpu in &GPUS {
            let Estimate { tile, workgroups, busy, seconds } = gpu.estimate(pass);
            let groups = workgroups.map(|count| count.to_string()).unwrap_or_default();
            let busy = busy.map(|share| format!("{:.0} %", 1e2 * share)).unwrap_or_default();
            let of_floor = seconds / gpu.floor(pass);
            write!(table, " {tile} | {groups} | {busy} | {:.2} | {of_floor:.1} |", 1e3 * seconds)?;
        }
        writeln!(table)?;
    }
    write!(table, "| **a step** | all |")?;
    for gpu in &GPUS {
        let seconds: f64 = passes.iter().map(|pass| gpu.estimate(pass).seconds).sum();
        let floor: f64 = passes.iter().map(|pass| gpu.floor(pass)).sum();
        write!(table, " | | | **{:.1}** | {:.1} |", 1e3 * seconds, seconds / floor)?;
    }
    writeln!(table)?;
    Ok(table)
}

#[test]
fn the_tables_are_those_of_the_plans() -> Result<(), Box<dyn Error>> {
    let optimizer = Optimizer::rmsprop(1e-4);
    let mut tables = Vec::new();
    let cats_and_dogs = Recipe::CatsAndDogsSmall.network([SIZE, SIZE, 3], 2)?;
    for (name, network) in [("cats_and_dogs", cats_and_dogs), ("vgg16", vgg16()?)] {
        let passes = passes(&network, BATCH, Loss::BinaryCrossentropy, optimizer)?;
        tables.push((format!("{name} roofline"), roofline(&passes)?));
        tables.push((format!("{name} tiles"), tiles(&passes)?));
    }
    let write = env::var_os("FOVEA_WRITE_TABLES").is_some();
    let mut text = fs::read_to_string(FILE)?;
    for (name, table) in tables {
        let open = format!("<!-- table: {name} -->\n");
        let start = text.find(&open).ok_or(format!("no table \"{name}\" in {FILE}"))? + open.len();
        let len = text[start..].find("<!-- end -->").ok_or(format!("no end of table \"{name}\""))?;
        if write {
            text.replace_range(start..start + len, &table);
        } else {
            assert_eq!(&text[start..start + len], table, "table \"{name}\": run with FOVEA_WRITE_TABLES=1");
        }
    }
    if write {
        fs::write(FILE, text)?;
    }
    Ok(())
}
