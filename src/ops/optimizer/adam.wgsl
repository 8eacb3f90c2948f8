// m += (1-BETA_1)*(g-m), v += (1-BETA_2)*(g²-v), p -= rate*m/(sqrt(v)+EPSILON)
// Layout: all [THREADS]. One thread a parameter; the rate carries the correction for early steps.

@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let g = gradients[index];
  let mean = m[index] + (1.0 - BETA_1) * (g - m[index]);
  let square = v[index] + (1.0 - BETA_2) * (g * g - v[index]);
  m[index] = mean;
  v[index] = square;
  parameters[index] -= step.rate * mean / (sqrt(square) + EPSILON);
}
