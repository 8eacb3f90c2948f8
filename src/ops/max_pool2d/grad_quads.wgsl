// dx[b,iy,ix,c] = sum of dy over the windows whose place is this pixel
// Layout: dy and places [batch,OUT_H,OUT_W,CHANNELS], dx [batch,IN_H,IN_W,CHANNELS]; four channels a vec4.
// One thread four channels of a pixel, which visits only the windows that cover it.

@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> places: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNEL_QUADS;
  let x = index / CHANNEL_QUADS % IN_W + BEFORE_X;
  let y = index / (CHANNEL_QUADS * IN_W) % IN_H + BEFORE_Y;
  let b = index / (CHANNEL_QUADS * IN_W * IN_H);
  // The first window that reaches this far, and the last that has begun here.
  let from_y = (max(y, KERNEL_H - 1u) - (KERNEL_H - 1u) + STRIDE_Y - 1u) / STRIDE_Y;
  let from_x = (max(x, KERNEL_W - 1u) - (KERNEL_W - 1u) + STRIDE_X - 1u) / STRIDE_X;
  let to_y = min(y / STRIDE_Y + 1u, OUT_H);
  let to_x = min(x / STRIDE_X + 1u, OUT_W);
  var sum = vec4<f32>(0.0);
  for (var oy = from_y; oy < to_y; oy++) {
    for (var ox = from_x; ox < to_x; ox++) {
      let window = ((b * OUT_H + oy) * OUT_W + ox) * CHANNEL_QUADS + c;
      let tap = (y - oy * STRIDE_Y) * KERNEL_W + x - ox * STRIDE_X;
      sum += select(vec4<f32>(0.0), dy[window], places[window] == vec4<u32>(tap));
    }
  }
  dx[index] = sum;
}
