// y[i] = x[i] * scale[i % SCALES] + offset[i % OFFSETS]
// Layout: x and y [THREADS] of V, which is one value, or four where there is one scale and one offset. One thread per V.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  y[index] = x[index] * scale[index % SCALES] + offset[index % OFFSETS];
}
