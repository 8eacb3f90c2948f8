// y[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + EPSILON) * gamma[c] + beta[c]
// Without STEP in all rows, with it in those of real photos, and 0 in the others. x, mean, gamma and beta
// may be missing: they count as 0, 0, 1 and 0.
// Layout: x and y [rows,CHANNELS], the others [CHANNELS], of V: one channel, or four. One thread per V of y.

#if X
@group(0) @binding({X}) var<storage, read> x: array<V>;
#endif
#if MEAN
#if STEP
@group(0) @binding({MEAN}) var<storage, read_write> mean: array<V>;
@group(0) @binding({VARIANCE}) var<storage, read_write> variance: array<V>;
#endif
#if !STEP
@group(0) @binding({MEAN}) var<storage, read> mean: array<V>;
#endif
#endif
#if !STEP
@group(0) @binding({VARIANCE}) var<storage, read> variance: array<V>;
#endif
#if GAMMA
@group(0) @binding({GAMMA}) var<storage, read> gamma: array<V>;
#endif
#if BETA
@group(0) @binding({BETA}) var<storage, read> beta: array<V>;
#endif
@group(0) @binding({Y}) var<storage, read_write> y: array<V>;
#if STEP
@group(0) @binding({STEP}) var<uniform> step: Step;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
#if STEP
  if (index >= min(step.photos, PHOTOS) * ROWS_PER_PHOTO * CHANNELS) {
    y[index] = V(0.0);
    return;
  }
#endif
  var value = V(0.0);
#if X
  value = x[index];
#endif
#if MEAN
  value -= mean[c];
#endif
  value *= inverseSqrt(variance[c] + EPSILON);
#if GAMMA
  value *= gamma[c];
#endif
#if BETA
  value += beta[c];
#endif
  y[index] = value;
}
