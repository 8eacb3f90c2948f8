// dx = dy where y > 0, in place
// Layout: y and dy [THREADS], four values a vec4. One thread a vec4.

@group(0) @binding(0) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> dy: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  dy[index] = select(vec4<f32>(0.0), dy[index], y[index] > vec4<f32>(0.0));
}
