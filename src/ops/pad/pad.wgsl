// y[b,oy,ox,c] = x[b,oy-BEFORE_Y,ox-BEFORE_X,c], and 0 outside the image
// Layout: x [batch,IN_H,IN_W,CHANNELS], y [batch,OUT_H,OUT_W,CHANNELS] of V, which is one value or four.
// One thread per V of y.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  // Places before the first wrap around to numbers that are larger than any size; BEFORE_Y may be a negative number.
  let ix = index / CHANNELS % OUT_W - BEFORE_X;
  let iy = index / (CHANNELS * OUT_W) % OUT_H - BEFORE_Y;
  let b = index / (CHANNELS * OUT_W * OUT_H);
  var value = V(0.0);
  if (iy < IN_H && ix < IN_W) {
    value = x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + index % CHANNELS];
  }
  y[index] = value;
}
