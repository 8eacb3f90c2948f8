// parts[p,0,c] = sum of dy[r,c] over those rows r of part p that belong to real photos
// parts[p,1,c] = sum of dy[r,c] * (x[r,c] - mean[c]) over the same
// Layout: x and dy [rows,CHANNELS], mean [CHANNELS], parts [PARTS,2,CHANNELS], of V: one channel, or four.
// One thread per part of a V.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> mean: array<V>;
@group(0) @binding(3) var<storage, read_write> parts: array<V>;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let part = index / CHANNELS;
  let first = part * ROWS_PER_PART;
  let end = min(first + ROWS_PER_PART, min(step.photos, PHOTOS) * ROWS_PER_PHOTO);
  let center = mean[c];
  var sum = V(0.0);
  var products = V(0.0);
  for (var r = first; r < end; r++) {
    let value = dy[r * CHANNELS + c];
    sum += value;
    products += value * (x[r * CHANNELS + c] - center);
  }
  parts[2u * part * CHANNELS + c] = sum;
  parts[(2u * part + 1u) * CHANNELS + c] = products;
}
