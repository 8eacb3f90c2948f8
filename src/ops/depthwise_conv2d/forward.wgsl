// y[b,oy,ox,f] = sum over ky,kx of x[b, oy*STRIDE_Y+ky*DILATION_Y-BEFORE_Y, ox*STRIDE_X+kx*DILATION_X-BEFORE_X, f/MULTIPLIER]
//                                  * kernel[ky,kx,f], plus bias[f], then relu or relu6
// Where BACK, the kernel is turned around: with y for dx and x for dy that is the input's gradient of stride 1.
// Layout: x [batch,IN_H,IN_W,FILTERS/MULTIPLIER], kernel [KERNEL_H,KERNEL_W,FILTERS], y [batch,OUT_H,OUT_W,FILTERS];
//         a Value is one channel, or four of them as a vec4 (MULTIPLIER is 1 then).
// Tile: a thread keeps PIXELS neighbours of a row in registers, of one Value each. Where UNROLLED it reads what a row of
//       their windows covers, PATCH_W Values, once each.

@group(0) @binding(0) var<storage, read> x: array<Value>;
@group(0) @binding(1) var<storage, read> kernel: array<Value>;
@group(0) @binding(2) var<storage, read_write> y: array<Value>;
#if BIAS
@group(0) @binding(3) var<storage, read> bias: array<Value>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTERS;
  let ox = index / FILTERS % STRIPS * PIXELS;
  let row = index / (FILTERS * STRIPS);
  let oy = row % OUT_H;
#each p PIXELS
  var sum{p} = Value(0.0);
#end
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = oy * STRIDE_Y + ky * DILATION_Y - BEFORE_Y;
    if (iy >= IN_H) {
      continue;
    }
    let source = (row / OUT_H * IN_H + iy) * IN_W;
#if BACK
    let taps = (KERNEL_H - ky) * KERNEL_W - 1u;
#endif
#if !BACK
    let taps = ky * KERNEL_W;
#endif
#if UNROLLED
#each i PATCH_W
    let ix{i} = ox * STRIDE_X + {i}u - BEFORE_X;
    let x{i} = select(Value(0.0), x[(source + min(ix{i}, IN_W - 1u)) * (FILTERS / MULTIPLIER) + f / MULTIPLIER], ix{i} < IN_W);
#end
#each j KERNEL_W
#if BACK
    let k{j} = kernel[(taps - {j}u) * FILTERS + f];
#endif
#if !BACK
    let k{j} = kernel[(taps + {j}u) * FILTERS + f];
#endif
#each p PIXELS
    sum{p} += x{p*STRIDE_X+j} * k{j};
#end
#end
#endif
#if !UNROLLED
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let k = kernel[(taps + kx) * FILTERS + f];
      let ix = ox * STRIDE_X + kx * DILATION_X - BEFORE_X;
      if (ix < IN_W) {
        sum0 += x[(source + ix) * (FILTERS / MULTIPLIER) + f / MULTIPLIER] * k;
      }
    }
#endif
  }
#each p PIXELS
#if BIAS
  sum{p} += bias[f];
#endif
#if RELU
  sum{p} = max(sum{p}, Value(0.0));
#endif
#if RELU6
  sum{p} = clamp(sum{p}, Value(0.0), Value(6.0));
#endif
  if (ox + {p}u < OUT_W) {
    y[(row * OUT_W + ox + {p}u) * FILTERS + f] = sum{p};
  }
#end
}
