// y[b,oy,ox,c] = mean over ky,kx of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] that lie inside the image
// Layout: x [batch,IN_H,IN_W,CHANNELS], y [batch,OUT_H,OUT_W,CHANNELS], of V: one channel, or four. One thread per V of y.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let left = index / CHANNELS % OUT_W * STRIDE_X;
  let top = index / (CHANNELS * OUT_W) % OUT_H * STRIDE_Y;
  let b = index / (CHANNELS * OUT_W * OUT_H);
  let from_y = max(top, BEFORE_Y) - BEFORE_Y;
  let from_x = max(left, BEFORE_X) - BEFORE_X;
  let to_y = min(top + KERNEL_H, BEFORE_Y + IN_H) - BEFORE_Y;
  let to_x = min(left + KERNEL_W, BEFORE_X + IN_W) - BEFORE_X;
  var sum = V(0.0);
  for (var iy = from_y; iy < to_y; iy++) {
    for (var ix = from_x; ix < to_x; ix++) {
      sum += x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + c];
    }
  }
  y[index] = sum / f32((to_y - from_y) * (to_x - from_x));
}
