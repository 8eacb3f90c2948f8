// mean[c] and variance[c] of all rows of real photos, from those of their parts (Chan, Golub and LeVeque)
// Layout: parts [PARTS,2,CHANNELS], mean and variance [CHANNELS], of V: one channel, or four. One thread per V.

@group(0) @binding(0) var<storage, read> parts: array<V>;
@group(0) @binding(1) var<storage, read_write> mean_of: array<V>;
@group(0) @binding(2) var<storage, read_write> variance_of: array<V>;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let c = id.y * ROW + id.x;
  if (c >= THREADS) {
    return;
  }
  let rows = min(step.photos, PHOTOS) * ROWS_PER_PHOTO;
  var mean = V(0.0);
  var squares = V(0.0);
  var before = 0u;
  for (var part = 0u; before < rows; part++) {
    let total = min(before + ROWS_PER_PART, rows);
    let weight = f32(total - before) / f32(total);
    let off = parts[2u * part * CHANNELS + c] - mean;
    mean += off * weight;
    squares += parts[(2u * part + 1u) * CHANNELS + c] + off * off * (f32(before) * weight);
    before = total;
  }
  mean_of[c] = mean;
  variance_of[c] = squares / max(f32(rows), 1.0);
}
