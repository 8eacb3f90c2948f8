// y[b,oy,ox,f] = sum over ky,kx,c of x[b, oy*STRIDE_Y+ky*DILATION_Y-BEFORE_Y, ox*STRIDE_X+kx*DILATION_X-BEFORE_X, c]
//                                    * kernel[ky,kx,c,f], plus bias[f], then relu or relu6
// A filter sees the GROUP_CHANNELS channels of its group of GROUP_FILTERS filters, numbered from the group's first one.
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], kernel [KERNEL_H,KERNEL_W,GROUP_CHANNELS,FILTERS],
//         y [BATCH,OUT_H,OUT_W,FILTERS].
// Tile: none; one thread an output, neighbours share the window and read neighbouring filters.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> kernel: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
#if BIAS
@group(0) @binding(3) var<storage, read> bias: array<f32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTERS;
  let ox = index / FILTERS % OUT_W;
  let oy = index / (FILTERS * OUT_W) % OUT_H;
  let b = index / (FILTERS * OUT_W * OUT_H);
  var sum = 0.0;
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = oy * STRIDE_Y + ky * DILATION_Y - BEFORE_Y;
    if (iy >= IN_H) {
      continue;
    }
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let ix = ox * STRIDE_X + kx * DILATION_X - BEFORE_X;
      if (ix >= IN_W) {
        continue;
      }
      let pixel = ((b * IN_H + iy) * IN_W + ix) * CHANNELS + f / GROUP_FILTERS * GROUP_CHANNELS;
      let tap = (ky * KERNEL_W + kx) * GROUP_CHANNELS * FILTERS + f;
      for (var c = 0u; c < GROUP_CHANNELS; c++) {
        sum += x[pixel + c] * kernel[tap + c * FILTERS];
      }
    }
  }
#if BIAS
  sum += bias[f];
#endif
#if RELU
  sum = max(sum, 0.0);
#endif
#if RELU6
  sum = clamp(sum, 0.0, 6.0);
#endif
  y[index] = sum;
}
