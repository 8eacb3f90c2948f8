// y[b,i] = x[b,i] / (1 - RATE) where uniform(seed, PURPOSE, epoch, samples[b]; i) >= RATE, else 0
// Layout: x and y [batch,SAMPLE_LEN], samples [batch]. One thread for four values of a sample.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> samples: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let b = index / BLOCKS;
  let block = index % BLOCKS;
  let key = pcg4d(vec4<u32>(step.seed, PURPOSE, step.epoch, samples[b]));
  let words = pcg4d(vec4<u32>(key.xyz, block));
  for (var lane = 0u; lane < 4u; lane++) {
    let i = block * 4u + lane;
    if (i < SAMPLE_LEN) {
      let at = b * SAMPLE_LEN + i;
      y[at] = select(0.0, x[at] * (1.0 / (1.0 - RATE)), uniform_of(words[lane]) >= RATE);
    }
  }
}
