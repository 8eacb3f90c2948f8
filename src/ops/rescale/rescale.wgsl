// y[i] = byte i of x / 255
// Layout: x [COUNT] bytes, four a word, the lowest first; y [COUNT]. One thread a word.

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let word = x[index];
  for (var lane = 0u; lane < 4u; lane++) {
    let i = index * 4u + lane;
    if (i < COUNT) {
      y[i] = f32((word >> (lane * 8u)) & 255u) * (1.0 / 255.0);
    }
  }
}
