// parts[p,b,c] = sum over the pixels i of part p of x[b,i,c], divided by all PIXELS
// Layout: x [batch,PIXELS,CHANNELS], parts [parts,RESULTS], RESULTS being batch * CHANNELS.
// One thread per sum; partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let result = index % RESULTS;
  let first = index / RESULTS * PIXELS_PER_PART;
  let end = min(first + PIXELS_PER_PART, PIXELS);
  var at = (result / CHANNELS * PIXELS + first) * CHANNELS + result % CHANNELS;
  var sum = 0.0;
  for (var i = first; i < end; i++) {
    sum += x[at];
    at += CHANNELS;
  }
  parts[index] = sum / f32(PIXELS);
}
