// dx[b,iy,ix,c] = sum over ky,kx,f of dy[b,oy,ox,f] * kernel[ky,kx,c,f]
//                 where oy*STRIDE_Y = iy+BEFORE_Y-ky*DILATION_Y and ox*STRIDE_X = ix+BEFORE_X-kx*DILATION_X
// A filter sees the GROUP_CHANNELS channels of its group of GROUP_FILTERS filters, numbered from the group's first one.
// Where FROM_MAXIMA, dy and places are of the maxima of CELL_H x CELL_W outputs, and what did not win is 0.
// Layout: dy [BATCH,OUT_H,OUT_W,FILTERS] or [BATCH,CELLS_H,CELLS_W,FILTERS], kernel [KERNEL_H,KERNEL_W,GROUP_CHANNELS,FILTERS],
//         dx [BATCH,IN_H,IN_W,CHANNELS].
// Tile: none; one thread a value of dx.

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> kernel: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<u32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let ix = index / CHANNELS % IN_W;
  let iy = index / (CHANNELS * IN_W) % IN_H;
  let b = index / (CHANNELS * IN_W * IN_H);
  let first = c / GROUP_CHANNELS * GROUP_FILTERS;
  var sum = 0.0;
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Places before the first wrap around to numbers that are larger than any output.
    let y = iy + BEFORE_Y - ky * DILATION_Y;
    let oy = y / STRIDE_Y;
    if (oy >= OUT_H || oy * STRIDE_Y != y) {
      continue;
    }
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let x = ix + BEFORE_X - kx * DILATION_X;
      let ox = x / STRIDE_X;
      if (ox >= OUT_W || ox * STRIDE_X != x) {
        continue;
      }
#if FROM_MAXIMA
      if (oy / CELL_H >= CELLS_H || ox / CELL_W >= CELLS_W) {
        continue;
      }
      let pixel = ((b * CELLS_H + oy / CELL_H) * CELLS_W + ox / CELL_W) * FILTERS;
      let place = oy % CELL_H * CELL_W + ox % CELL_W;
#endif
#if !FROM_MAXIMA
      let pixel = ((b * OUT_H + oy) * OUT_W + ox) * FILTERS;
#endif
      let tap = ((ky * KERNEL_W + kx) * GROUP_CHANNELS + c % GROUP_CHANNELS) * FILTERS;
      for (var f = first; f < first + GROUP_FILTERS; f++) {
#if FROM_MAXIMA
        sum += select(0.0, dy[pixel + f], places[pixel + f] == place) * kernel[tap + f];
#endif
#if !FROM_MAXIMA
        sum += dy[pixel + f] * kernel[tap + f];
#endif
      }
    }
  }
  dx[index] = sum;
}
