// y[b,oy,ox,c] = max over ky,kx of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c]
// places[b,oy,ox,c] = ky*KERNEL_W + kx of the first of the maxima
// Layout: x [batch,IN_H,IN_W,CHANNELS], y and places [batch,OUT_H,OUT_W,CHANNELS].
// One thread an output.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
#if PLACES
@group(0) @binding(2) var<storage, read_write> places: array<u32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let ox = index / CHANNELS % OUT_W;
  let oy = index / (CHANNELS * OUT_W) % OUT_H;
  let b = index / (CHANNELS * OUT_W * OUT_H);
  var maximum = -3.4028234e38;
  var place = 0u;
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = oy * STRIDE_Y + ky - BEFORE_Y;
    if (iy >= IN_H) {
      continue;
    }
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let ix = ox * STRIDE_X + kx - BEFORE_X;
      if (ix >= IN_W) {
        continue;
      }
      let value = x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + c];
      if (value > maximum) {
        maximum = value;
        place = ky * KERNEL_W + kx;
      }
    }
  }
  y[index] = maximum;
#if PLACES
  places[index] = place;
#endif
}
