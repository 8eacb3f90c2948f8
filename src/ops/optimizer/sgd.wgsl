// m = MOMENTUM*m - rate*g, p += m, or with Nesterov's momentum p += MOMENTUM*m - rate*g
// Layout: all [THREADS]. One thread a parameter.

@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
#if MOMENTUM
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;
#endif
#if !MOMENTUM
@group(0) @binding(2) var<uniform> step: Step;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let down = -step.rate * gradients[index];
#if !MOMENTUM
  parameters[index] += down;
#endif
#if MOMENTUM
  let momentum = MOMENTUM * m[index] + down;
  m[index] = momentum;
#if NESTEROV
  parameters[index] += MOMENTUM * momentum + down;
#endif
#if !NESTEROV
  parameters[index] += momentum;
#endif
#endif
}
