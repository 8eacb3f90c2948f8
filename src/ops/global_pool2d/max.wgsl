// maxima[b,c] = max over the pixels i of x[b,i,c], places[b,c] = i of the first of the maxima
// With SCRATCH those of part p instead, for max_merge.wgsl: the bits of maxima in scratch[0,p,b,c], places
// in scratch[1,p,b,c].
// Layout: x [batch,PIXELS,CHANNELS], maxima and places [RESULTS], scratch [2,PARTS,RESULTS], RESULTS being batch * CHANNELS.
// One thread per result of a part.

@group(0) @binding(0) var<storage, read> x: array<f32>;
#if SCRATCH
@group(0) @binding(1) var<storage, read_write> scratch: array<u32>;
#endif
#if MAXIMA
@group(0) @binding(1) var<storage, read_write> maxima: array<f32>;
#endif
#if PLACES
@group(0) @binding(2) var<storage, read_write> places: array<u32>;
#endif

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
  var maximum = -3.4028234e38;
  var place = 0u;
  for (var i = first; i < end; i++) {
    let value = x[at];
    if (value > maximum) {
      maximum = value;
      place = i;
    }
    at += CHANNELS;
  }
#if SCRATCH
  scratch[index] = bitcast<u32>(maximum);
  scratch[THREADS + index] = place;
#endif
#if MAXIMA
  maxima[index] = maximum;
#endif
#if PLACES
  places[index] = place;
#endif
}
