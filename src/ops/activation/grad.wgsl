// dx = dy where y > 0 (relu), dy*y*(1-y) (sigmoid), y*(dy - sum over u of dy*y) (softmax), in place
// Layout: y and dy [THREADS,UNITS]. One thread a row; UNITS is 1 but for softmax.

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read_write> dy: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
#if RELU
  dy[index] = select(0.0, dy[index], y[index] > 0.0);
#endif
#if SIGMOID
  dy[index] *= y[index] * (1.0 - y[index]);
#endif
#if SOFTMAX
  let first = index * UNITS;
  var sum = 0.0;
  for (var u = 0u; u < UNITS; u++) {
    sum += dy[first + u] * y[first + u];
  }
  for (var u = 0u; u < UNITS; u++) {
    dy[first + u] = y[first + u] * (dy[first + u] - sum);
  }
#endif
}
