// y[r,u] = sum over p of parts[p,r,u], plus bias[u], then relu or relu6
// Layout: parts [PARTS,THREADS], y [THREADS], bias [UNIT_QUADS], all of four units a vec4. One thread a vec4.

@group(0) @binding(0) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#if BIAS
@group(0) @binding(2) var<storage, read> bias: array<vec4<f32>>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  var sum = vec4<f32>(0.0);
  for (var part = 0u; part < PARTS; part++) {
    sum += parts[part * THREADS + index];
  }
#if BIAS
  sum += bias[index % UNIT_QUADS];
#endif
#if RELU
  sum = max(sum, vec4<f32>(0.0));
#endif
#if RELU6
  sum = clamp(sum, vec4<f32>(0.0), vec4<f32>(6.0));
#endif
  y[index] = sum;
}
