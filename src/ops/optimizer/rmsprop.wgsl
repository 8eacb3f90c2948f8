// v = RHO*v + (1-RHO)*g², m = MOMENTUM*m + rate*g/sqrt(v+EPSILON), p -= m
// Layout: all [THREADS]. One thread a parameter.

@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
#if MOMENTUM
@group(0) @binding(3) var<storage, read_write> m: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;
#endif
#if !MOMENTUM
@group(0) @binding(3) var<uniform> step: Step;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let g = gradients[index];
  let mean = RHO * v[index] + (1.0 - RHO) * g * g;
  v[index] = mean;
  var change = step.rate * g / sqrt(mean + EPSILON);
#if MOMENTUM
  change += MOMENTUM * m[index];
  m[index] = change;
#endif
  parameters[index] -= change;
}
