// y[r,u] = activation(x[r,u]); softmax over u
// Layout: x and y [THREADS,UNITS]. One thread a row; UNITS is 1 but for softmax.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
#if LINEAR
  y[index] = x[index];
#endif
#if RELU
  y[index] = max(x[index], 0.0);
#endif
#if SIGMOID
  let e = exp(-abs(x[index]));
  y[index] = select(e, 1.0, x[index] >= 0.0) / (1.0 + e);
#endif
#if SOFTMAX
  let first = index * UNITS;
  var maximum = x[first];
  for (var u = 1u; u < UNITS; u++) {
    maximum = max(maximum, x[first + u]);
  }
  var sum = 0.0;
  for (var u = 0u; u < UNITS; u++) {
    sum += exp(x[first + u] - maximum);
  }
  for (var u = 0u; u < UNITS; u++) {
    y[first + u] = exp(x[first + u] - maximum) / sum;
  }
#endif
}
