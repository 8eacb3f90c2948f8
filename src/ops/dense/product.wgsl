// c[r,u] = sum over i of a[r,i] * b[i,u], plus bias[u], then relu or relu6
// Layout: a and b by the strides A_ROW, A_COLUMN, B_ROW, B_COLUMN, so that either may be transposed;
//         c [rows,COLUMNS].
// Tile: none; one thread a value of c, neighbours in a row.

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
#if BIAS
@group(0) @binding(3) var<storage, read> bias: array<f32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let r = index / COLUMNS;
  let u = index % COLUMNS;
  var sum = 0.0;
  for (var i = 0u; i < INNER; i++) {
    sum += a[r * A_ROW + i * A_COLUMN] * b[i * B_ROW + u * B_COLUMN];
  }
#if BIAS
  sum += bias[u];
#endif
#if RELU
  sum = max(sum, 0.0);
#endif
#if RELU6
  sum = clamp(sum, 0.0, 6.0);
#endif
  c[index] = sum;
}
