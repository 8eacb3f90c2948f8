// parts[p,u] = sum over the rows r of part p of dy[r,u]
// Layout: dy [ROWS,UNITS], parts [parts,UNITS].
// One thread a sum; partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let u = index % UNITS;
  let first = index / UNITS * ROWS_A_PART;
  let end = min(first + ROWS_A_PART, ROWS);
  var sum = 0.0;
  for (var r = first; r < end; r++) {
    sum += dy[r * UNITS + u];
  }
  parts[index] = sum;
}
