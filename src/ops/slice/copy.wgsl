// y[r, TO + i] = x[r, FROM + i]
// Layout: rows of x begin FROM_STRIDE of V apart, those of y TO_STRIDE; V is one value or four. One thread per V.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let row = index / WIDTH;
  let column = index % WIDTH;
  y[TO + row * TO_STRIDE + column] = x[FROM + row * FROM_STRIDE + column];
}
