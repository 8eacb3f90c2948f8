// dx[b,iy,ix,c] = sum of dy over the windows whose place is this pixel
// Layout: dy and places [batch,OUT_H,OUT_W,CHANNELS], dx [batch,IN_H,IN_W,CHANNELS].
// One thread a value of dx; no atomics, since each pixel collects.

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> places: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

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
  var sum = 0.0;
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Places before the first wrap around to numbers that are larger than any output.
    let y = iy + BEFORE_Y - ky;
    let oy = y / STRIDE_Y;
    if (oy >= OUT_H || oy * STRIDE_Y != y) {
      continue;
    }
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let x = ix + BEFORE_X - kx;
      let ox = x / STRIDE_X;
      if (ox >= OUT_W || ox * STRIDE_X != x) {
        continue;
      }
      let window = ((b * OUT_H + oy) * OUT_W + ox) * CHANNELS + c;
      if (places[window] == ky * KERNEL_W + kx) {
        sum += dy[window];
      }
    }
  }
  dx[index] = sum;
}
