// y[b,oy,ox,c] = max over ky,kx of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c]
// places[b,oy,ox,c] = ky*KERNEL_W + kx of the first of the maxima
// Layout: x [batch,IN_H,IN_W,CHANNELS], y and places [batch,OUT_H,OUT_W,CHANNELS]; four channels a vec4.
// One thread four channels of an output.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#if PLACES
@group(0) @binding(2) var<storage, read_write> places: array<vec4<u32>>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNEL_QUADS;
  let ox = index / CHANNEL_QUADS % OUT_W;
  let oy = index / (CHANNEL_QUADS * OUT_W) % OUT_H;
  let b = index / (CHANNEL_QUADS * OUT_W * OUT_H);
  var maximum = vec4<f32>(-3.4028234e38);
  var place = vec4<u32>(0u);
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = oy * STRIDE_Y + ky - BEFORE_Y;
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let ix = ox * STRIDE_X + kx - BEFORE_X;
      if (iy < IN_H && ix < IN_W) {
        let value = x[((b * IN_H + iy) * IN_W + ix) * CHANNEL_QUADS + c];
        place = select(place, vec4<u32>(ky * KERNEL_W + kx), value > maximum);
        maximum = max(maximum, value);
      }
    }
  }
  y[index] = maximum;
#if PLACES
  places[index] = place;
#endif
}
