// parts[p,ky,kx,c,f] = sum over the output pixels (b,oy,ox) of part p of
//                      x[b, oy*STRIDE_Y+ky*DILATION_Y-BEFORE_Y, ox*STRIDE_X+kx*DILATION_X-BEFORE_X, c] * dy[b,oy,ox,f]
// A filter sees the GROUP_CHANNELS channels of its group of GROUP_FILTERS filters, numbered from the group's first one.
// Where FROM_MAXIMA, dy and places are of the maxima of CELL_H x CELL_W outputs, and what did not win is 0.
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS] or [BATCH,CELLS_H,CELLS_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,GROUP_CHANNELS,FILTERS].
// Tile: none; one thread a weight and part. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<u32>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTERS;
  let c = index / FILTERS % GROUP_CHANNELS;
  let kx = index / (FILTERS * GROUP_CHANNELS) % KERNEL_W;
  let ky = index / (FILTERS * GROUP_CHANNELS * KERNEL_W) % KERNEL_H;
  let first = index / RESULTS * PIXELS_A_PART;
  let end = min(first + PIXELS_A_PART, PIXELS);
  var sum = 0.0;
  for (var pixel = first; pixel < end; pixel++) {
    // Padding wraps around to numbers that are larger than any image.
    let ox = pixel % OUT_W;
    let oy = pixel / OUT_W % OUT_H;
    let b = pixel / (OUT_W * OUT_H);
    let ix = ox * STRIDE_X + kx * DILATION_X - BEFORE_X;
    let iy = oy * STRIDE_Y + ky * DILATION_Y - BEFORE_Y;
    if (ix >= IN_W || iy >= IN_H) {
      continue;
    }
    let value = x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + f / GROUP_FILTERS * GROUP_CHANNELS + c];
#if FROM_MAXIMA
    if (oy / CELL_H < CELLS_H && ox / CELL_W < CELLS_W) {
      let cell = ((b * CELLS_H + oy / CELL_H) * CELLS_W + ox / CELL_W) * FILTERS + f;
      sum += value * select(0.0, dy[cell], places[cell] == oy % CELL_H * CELL_W + ox % CELL_W);
    }
#endif
#if !FROM_MAXIMA
    sum += value * dy[pixel * FILTERS + f];
#endif
  }
  parts[index] = sum;
}
