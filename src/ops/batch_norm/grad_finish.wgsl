// dbeta[c] = s = sum of parts[p,0,c], dgamma[c] = t / sqrt(v) with t = sum of parts[p,1,c] and v = variance[c] + EPSILON
// factors[0,c] = gamma[c] / sqrt(v), factors[1,c] = s / rows, factors[2,c] = t / v / rows
// Layout: parts [PARTS,2,CHANNELS], behind it factors [3,CHANNELS], the others [CHANNELS], of V: one channel, or four.
// One thread per V.

@group(0) @binding({VARIANCE}) var<storage, read> variance: array<V>;
#if GAMMA
@group(0) @binding({GAMMA}) var<storage, read> gamma: array<V>;
@group(0) @binding({DGAMMA}) var<storage, read_write> dgamma: array<V>;
#endif
#if DBETA
@group(0) @binding({DBETA}) var<storage, read_write> dbeta: array<V>;
#endif
@group(0) @binding({PARTIAL}) var<storage, read_write> parts: array<V>;
@group(0) @binding({STEP}) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let c = id.y * ROW + id.x;
  if (c >= THREADS) {
    return;
  }
  var sum = V(0.0);
  var products = V(0.0);
  for (var part = 0u; part < PARTS; part++) {
    sum += parts[2u * part * CHANNELS + c];
    products += parts[(2u * part + 1u) * CHANNELS + c];
  }
  let inverse = inverseSqrt(variance[c] + EPSILON);
  var factor = inverse;
#if GAMMA
  factor *= gamma[c];
  dgamma[c] = products * inverse;
#endif
#if DBETA
  dbeta[c] = sum;
#endif
  let rows = max(f32(min(step.photos, PHOTOS) * ROWS_PER_PHOTO), 1.0);
  parts[2u * PARTS * CHANNELS + c] = factor;
  parts[(2u * PARTS + 1u) * CHANNELS + c] = sum / rows;
  parts[(2u * PARTS + 2u) * CHANNELS + c] = products * inverse * inverse / rows;
}
