// parts[p,ky,kx,c,f] = sum over the output pixels (b,oy,ox) of part p of
//                      x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] * dy[b,oy,ox,f]
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS].
// Tile: none; one thread a weight and part. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTERS;
  let c = index / FILTERS % CHANNELS;
  let kx = index / (FILTERS * CHANNELS) % KERNEL_W;
  let ky = index / (FILTERS * CHANNELS * KERNEL_W) % KERNEL_H;
  let first = index / RESULTS * PIXELS_A_PART;
  let end = min(first + PIXELS_A_PART, PIXELS);
  var sum = 0.0;
  for (var pixel = first; pixel < end; pixel++) {
    // Padding wraps around to numbers that are larger than any image.
    let ix = pixel % OUT_W * STRIDE_X + kx - BEFORE_X;
    let iy = pixel / OUT_W % OUT_H * STRIDE_Y + ky - BEFORE_Y;
    if (ix < IN_W && iy < IN_H) {
      let b = pixel / (OUT_W * OUT_H);
      sum += x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + c] * dy[pixel * FILTERS + f];
    }
  }
  parts[index] = sum;
}
