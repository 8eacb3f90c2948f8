// dx[b,iy,ix,c] = sum of dy over the windows that cover this pixel, each divided by the pixels that it has inside the image
// Layout: dy [batch,OUT_H,OUT_W,CHANNELS], dx [batch,IN_H,IN_W,CHANNELS], of V: one channel, or four.
// One thread per V of dx; no atomics, since each pixel collects.

@group(0) @binding(0) var<storage, read> dy: array<V>;
@group(0) @binding(1) var<storage, read_write> dx: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let x = index / CHANNELS % IN_W + BEFORE_X;
  let y = index / (CHANNELS * IN_W) % IN_H + BEFORE_Y;
  let b = index / (CHANNELS * IN_W * IN_H);
  // The first window that reaches this far, and the last that has begun here.
  let from_y = (max(y, KERNEL_H - 1u) - (KERNEL_H - 1u) + STRIDE_Y - 1u) / STRIDE_Y;
  let from_x = (max(x, KERNEL_W - 1u) - (KERNEL_W - 1u) + STRIDE_X - 1u) / STRIDE_X;
  let to_y = min(y / STRIDE_Y + 1u, OUT_H);
  let to_x = min(x / STRIDE_X + 1u, OUT_W);
  var sum = V(0.0);
  for (var oy = from_y; oy < to_y; oy++) {
    let top = oy * STRIDE_Y;
    let high = min(top + KERNEL_H, BEFORE_Y + IN_H) - max(top, BEFORE_Y);
    for (var ox = from_x; ox < to_x; ox++) {
      let left = ox * STRIDE_X;
      let wide = min(left + KERNEL_W, BEFORE_X + IN_W) - max(left, BEFORE_X);
      sum += dy[((b * OUT_H + oy) * OUT_W + ox) * CHANNELS + c] / f32(high * wide);
    }
  }
  dx[index] = sum;
}
