// sum[i] = x[i] in the batch's first micro-batch, sum[i] + x[i] in the others
// Layout: x and sum [THREADS]. One thread a value.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  if (step.part == 0u) {
    sum[index] = x[index];
  } else {
    sum[index] += x[index];
  }
}
