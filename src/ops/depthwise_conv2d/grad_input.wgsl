// dx[b,iy,ix,c] = sum over ky,kx,m of dy[b,oy,ox,c*MULTIPLIER+m] * kernel[ky,kx,c*MULTIPLIER+m]
//                 where oy*STRIDE_Y = iy+BEFORE_Y-ky*DILATION_Y and ox*STRIDE_X = ix+BEFORE_X-kx*DILATION_X
// Layout: dy [batch,OUT_H,OUT_W,FILTERS], kernel [KERNEL_H,KERNEL_W,FILTERS], dx [batch,IN_H,IN_W,FILTERS/MULTIPLIER];
//         a Value is one channel, or four of them as a vec4 (MULTIPLIER is 1 then).
// Tile: none; one thread a Value of dx.

@group(0) @binding(0) var<storage, read> dy: array<Value>;
@group(0) @binding(1) var<storage, read> kernel: array<Value>;
@group(0) @binding(2) var<storage, read_write> dx: array<Value>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let pixel = index / (FILTERS / MULTIPLIER);
  let f = index % (FILTERS / MULTIPLIER) * MULTIPLIER;
  let ix = pixel % IN_W + BEFORE_X;
  let iy = pixel / IN_W % IN_H + BEFORE_Y;
  let b = pixel / (IN_W * IN_H);
  var sum = Value(0.0);
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Places before the first wrap around to numbers that are larger than any output.
    let y = iy - ky * DILATION_Y;
    let oy = y / STRIDE_Y;
    if (oy >= OUT_H || oy * STRIDE_Y != y) {
      continue;
    }
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let x = ix - kx * DILATION_X;
      let ox = x / STRIDE_X;
      if (ox >= OUT_W || ox * STRIDE_X != x) {
        continue;
      }
      for (var m = 0u; m < MULTIPLIER; m++) {
        sum += dy[((b * OUT_H + oy) * OUT_W + ox) * FILTERS + f + m] * kernel[(ky * KERNEL_W + kx) * FILTERS + f + m];
      }
    }
  }
  dx[index] = sum;
}
