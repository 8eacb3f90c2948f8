// maxima[r] = max over the parts p of scratch[0,p,r], places[r] = scratch[1,p,r] of the first p that has it
// Layout: scratch [2,PARTS,RESULTS], maxima and places [RESULTS]. One thread per result.

@group(0) @binding(0) var<storage, read> scratch: array<u32>;
@group(0) @binding(1) var<storage, read_write> maxima: array<f32>;
#if PLACES
@group(0) @binding(2) var<storage, read_write> places: array<u32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  var best = index;
  for (var part = 1u; part < PARTS; part++) {
    let at = part * RESULTS + index;
    best = select(best, at, bitcast<f32>(scratch[at]) > bitcast<f32>(scratch[best]));
  }
  maxima[index] = bitcast<f32>(scratch[best]);
#if PLACES
  places[index] = scratch[PARTS * RESULTS + best];
#endif
}
