// y[r,c] = (x[r,c] - mean[c]) / max(sqrt(variance[c]), LEAST_DEVIATION); without the mean its gradient
// Layout: x and y [rows,CHANNELS], mean and variance [CHANNELS] of V, which is one value or four. One thread per V of y.

@group(0) @binding(0) var<storage, read> x: array<V>;
#if MEANS
@group(0) @binding(1) var<storage, read> mean: array<V>;
#endif
@group(0) @binding({VARIANCE}) var<storage, read> variance: array<V>;
@group(0) @binding({INPUTS}) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  var value = x[index];
#if MEANS
  value -= mean[c];
#endif
  y[index] = value / max(sqrt(variance[c]), V(LEAST_DEVIATION));
}
