// parts[p,0,c] = mean of x[r,c] over those rows r of part p that belong to real photos
// parts[p,1,c] = sum of (x[r,c] - parts[p,0,c])^2 over the same, both row by row as Welford has it: no large sums cancel
// Layout: x [rows,CHANNELS], parts [PARTS,2,CHANNELS], of V: one channel, or four. One thread per part of a V.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> parts: array<V>;
@group(0) @binding(2) var<uniform> step: Step;

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
  var mean = V(0.0);
  var squares = V(0.0);
  for (var r = first; r < end; r++) {
    let value = x[r * CHANNELS + c];
    let off = value - mean;
    mean += off / f32(r - first + 1u);
    squares += off * (value - mean);
  }
  parts[2u * part * CHANNELS + c] = mean;
  parts[(2u * part + 1u) * CHANNELS + c] = squares;
}
