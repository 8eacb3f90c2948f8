// sum[i] = parts[0][i] + parts[1][i] + ...
// Layout: parts [PARTS, THREADS]. One thread a sum.

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  var total = 0.0;
  for (var part = 0u; part < PARTS; part++) {
    total += parts[part * THREADS + index];
  }
  sum[index] = total;
}
