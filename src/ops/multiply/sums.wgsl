// parts[p,r] = sum over the terms t of part p of a[r,t] * b[r,t]
// Layout: a result r is a place along the axes of KEPT_n, a term t one along those of SUMMED_n: of each axis one of the two
// is 1. Neighbours along axis n lie A_n and B_n apart; a is the product's gradient, b the other factor. V is one value or
// four along the last axis; a factor stretched along it is read value by value. parts [parts,RESULTS] of V.
// One thread per V of a part; partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> a: array<V>;
#if SINGLE_B
@group(0) @binding(1) var<storage, read> b: array<f32>;
#endif
#if !SINGLE_B
@group(0) @binding(1) var<storage, read> b: array<V>;
#endif
@group(0) @binding(2) var<storage, read_write> parts: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let r = index % RESULTS;
  let first = index / RESULTS * TERMS_A_PART;
  let end = min(first + TERMS_A_PART, TERMS);
  let kept = place(r, KEPT_1, KEPT_2, KEPT_3);
  var sum = V(0.0);
  for (var t = first; t < end; t++) {
    let at = kept + place(t, SUMMED_1, SUMMED_2, SUMMED_3);
    let left = a[at.x * A_0 + at.y * A_1 + at.z * A_2 + at.w * A_3];
    sum += left * V(b[at.x * B_0 + at.y * B_1 + at.z * B_2 + at.w * B_3]);
  }
  parts[index] = sum;
}

fn place(index: u32, second: u32, third: u32, fourth: u32) -> vec4<u32> {
  let row = index / fourth;
  return vec4<u32>(row / third / second, row / third % second, row % third, index % fourth);
}
