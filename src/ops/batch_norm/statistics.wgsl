// y[i] = x[i] * photos here / photos in the batch with STEP, else y[i] = y[i] * MOMENTUM + x[i] * (1 - MOMENTUM)
// Layout: x and y [THREADS]. One thread per value.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;
#if STEP
@group(0) @binding(2) var<uniform> step: Step;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
#if STEP
  y[index] = x[index] * (f32(step.photos) * step.scale);
#endif
#if !STEP
  y[index] = y[index] * MOMENTUM + x[index] * (1.0 - MOMENTUM);
#endif
}
