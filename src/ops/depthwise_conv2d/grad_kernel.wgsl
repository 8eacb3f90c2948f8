// parts[p,ky,kx,f] = sum over the output rows (b,oy) of part p, and over ox, of
//                    x[b, oy*STRIDE_Y+ky*DILATION_Y-BEFORE_Y, ox*STRIDE_X+kx*DILATION_X-BEFORE_X, f/MULTIPLIER] * dy[b,oy,ox,f]
// Layout: x [batch,IN_H,IN_W,FILTERS/MULTIPLIER], dy [batch,OUT_H,OUT_W,FILTERS], parts [parts,KERNEL_H,KERNEL_W,FILTERS];
//         a Value is one channel, or four of them as a vec4 (MULTIPLIER is 1 then).
// Tile: a thread keeps TAPS neighbours of a row of the kernel in registers. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> dy: array<Value>;
@group(0) @binding(2) var<storage, read_write> parts: array<Value>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTERS;
  let kx = index / FILTERS % (KERNEL_W / TAPS) * TAPS;
  let ky = index / FILTERS / (KERNEL_W / TAPS) % KERNEL_H;
  let part = index / FILTERS / (KERNEL_W / TAPS) / KERNEL_H;
#each t TAPS
  var sum{t} = Value(0.0);
#end
  let end = min((part + 1u) * ROWS_A_PART, ROWS);
  for (var row = part * ROWS_A_PART; row < end; row++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = row % OUT_H * STRIDE_Y + ky * DILATION_Y - BEFORE_Y;
    if (iy >= IN_H) {
      continue;
    }
    let source = (row / OUT_H * IN_H + iy) * IN_W;
    for (var ox = 0u; ox < OUT_W; ox++) {
      let gradient = dy[(row * OUT_W + ox) * FILTERS + f];
#each t TAPS
      let ix{t} = ox * STRIDE_X + (kx + {t}u) * DILATION_X - BEFORE_X;
      if (ix{t} < IN_W) {
        sum{t} += x[(source + ix{t}) * (FILTERS / MULTIPLIER) + f / MULTIPLIER] * gradient;
      }
#end
    }
  }
#each t TAPS
  parts[((part * KERNEL_H + ky) * KERNEL_W + kx + {t}u) * FILTERS + f] = sum{t};
#end
}
