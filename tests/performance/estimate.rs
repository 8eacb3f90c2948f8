//! What a GPU's data sheet allows, and what a tile is thought to reach of it.

use fovea::ops::Kernels;

use super::passes::Pass;

/// A GPU by its data sheet, and the shares of it that `docs/performance.md` argues for.
#[derive(Debug)]
pub struct Gpu {
    pub name: &'static str,
    /// FLOP a second.
    pub peak: f64,
    /// Bytes a second.
    pub bandwidth: f64,
    /// What shares nothing but the memory: Apple's cores, NVIDIA's SMs.
    cores: usize,
    /// By tile: the share of the peak where all cores are busy.
    shares: [(&'static str, f64); 8],
    /// The same for the plain kernels.
    plain: f64,
    /// The share of the bandwidth of a kernel with enough threads, and of a dense layer's forward pass and
    /// input gradient, which have few.
    streams: [f64; 2],
}

/// Groups of 32 threads that a core needs to be busy: two for each of its four schedulers.
const WARPS: usize = 8;

pub const GPUS: [Gpu; 2] = [
    Gpu {
        name: "M2",
        peak: 10.0 * 128.0 * 2.0 * 1.398e9,
        bandwidth: 100e9,
        cores: 10,
        shares: [
            ("shared 128x64", 0.30),
            ("shared 64x64", 0.25),
            ("shared 128x32", 0.22),
            ("shared rows", 0.10),
            ("shared 32x64", 0.25),
            ("8x8", 0.10),
            ("4x4", 0.08),
            ("window", 0.05),
        ],
        plain: 0.02,
        streams: [0.8, 0.6],
    },
    Gpu {
        name: "RTX 4070",
        peak: 46.0 * 128.0 * 2.0 * 2.475e9,
        bandwidth: 504e9,
        cores: 46,
        shares: [
            ("shared 128x64", 0.35),
            ("shared 64x64", 0.30),
            ("shared 128x32", 0.27),
            ("shared rows", 0.15),
            ("shared 32x64", 0.30),
            ("8x8", 0.08),
            ("4x4", 0.05),
            ("window", 0.20),
        ],
        plain: 0.02,
        streams: [0.8, 0.25],
    },
];

/// What a pass is thought to take.
#[derive(Debug)]
pub struct Estimate {
    pub tile: String,
    /// None where bytes alone count.
    pub workgroups: Option<usize>,
    /// The cores' share of the time that they work, all workgroups taking the same time.
    pub busy: Option<f64>,
    pub seconds: f64,
}

impl Gpu {
    /// The roofline: no kernel takes less.
    pub fn floor(&self, pass: &Pass) -> f64 {
        (pass.flop / self.peak).max(pass.bytes / self.bandwidth)
    }

    /// The fastest of the pass' tiles.
    pub fn estimate(&self, pass: &Pass) -> Estimate {
        let tiles = pass.kernels.iter().filter_map(|kernels| self.tile(pass, kernels));
        tiles.min_by(|a, b| a.seconds.total_cmp(&b.seconds)).unwrap_or_else(|| {
            let few_threads = pass.layer.starts_with("dense") && pass.name != "kernel gradient";
            let stream = self.streams[usize::from(few_threads)];
            Estimate {
                tile: "bytes".into(),
                workgroups: None,
                busy: None,
                seconds: pass.bytes / (stream * self.bandwidth),
            }
        })
    }

    fn tile(&self, pass: &Pass, kernels: &Kernels) -> Option<Estimate> {
        let kernel = kernels.kernels.iter().find(|kernel| !kernel.label.ends_with("flip"))?;
        let tile = kernel.label.strip_prefix("conv2d ")?;
        let known = self.shares.iter().find(|(name, _)| tile.contains(name));
        // The plain kernels' names tell of no tile.
        let share = known.map(|(_, share)| *share).or((!tile.contains('x')).then_some(self.plain))?;
        let workgroups = kernel.workgroups.iter().map(|count| *count as usize).product::<usize>();
        let slots = self.cores * (WARPS * 32 / threads(&kernel.source)).max(1);
        let busy = workgroups as f64 / (slots * workgroups.div_ceil(slots)) as f64;
        let stream = self.streams[0] * self.bandwidth;
        let computing = pass.flop / (self.peak * share * busy);
        // The scratch is written by one kernel and read by the next.
        let between = 8.0 * kernels.scratch as f64 / stream;
        let tile = tile.trim_start_matches("forward ").trim_start_matches("kernel gradient ");
        Some(Estimate {
            tile: if tile.contains('x') { tile.to_owned() } else { "plain".into() },
            workgroups: Some(workgroups),
            busy: Some(busy),
            seconds: computing.max(pass.bytes / stream) + between,
        })
    }
}

/// Threads in a workgroup, as the kernel itself says it.
fn threads(source: &str) -> usize {
    let size = source.split("@workgroup_size(").nth(1).and_then(|rest| rest.split(')').next());
    let constant = |name: &str| {
        let after = source.split(&format!("const {name} = ")).nth(1)?;
        after.split('u').next()?.parse().ok()
    };
    size.and_then(|size| size.parse().ok().or_else(|| constant(size))).unwrap_or(64)
}
