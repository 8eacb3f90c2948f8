// dx[r,c] = factors[0,c] * (dy[r,c] - factors[1,c] - (x[r,c] - mean[c]) * factors[2,c]), 0 in rows of no photo
// Layout: x, dy and dx [rows,CHANNELS], mean [CHANNELS], factors [3,CHANNELS] behind 2 * PARTS rows, of V: one channel, or
// four. One thread per V of dx.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> mean: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;
@group(0) @binding(4) var<storage, read> factors: array<V>;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let at = 2u * PARTS * CHANNELS + c;
  var value = V(0.0);
  if (index < min(step.photos, PHOTOS) * ROWS_PER_PHOTO * CHANNELS) {
    let off = (x[index] - mean[c]) * factors[at + 2u * CHANNELS];
    value = factors[at] * (dy[index] - factors[at + CHANNELS] - off);
  }
  dx[index] = value;
}
