// parts[p,ky,kx,c,f] = sum over the output rows (b,oy) of part p, and over ox, of
//                      x[b, oy*STRIDE_Y+ky, ox*STRIDE_X+kx, c] * dy[b,oy,ox,f]
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS]; four filters a vec4.
// Tile: for images of few channels and no padding: a thread keeps a window's whole row, RUN = KERNEL_W *
//       CHANNELS values that lie side by side, x 4*QUADS filters in registers.
//       partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTER_BLOCKS * QUADS;
  let ky = index / FILTER_BLOCKS % KERNEL_H;
  let part = index / (FILTER_BLOCKS * KERNEL_H);
#each r RUN
#each q QUADS
  var sum{r}_{q} = vec4<f32>(0.0);
#end
#end
  let end = min((part + 1u) * ROWS_A_PART, BATCH * OUT_H);
  for (var row = part * ROWS_A_PART; row < end; row++) {
    let source = (row / OUT_H * IN_H + row % OUT_H * STRIDE_Y + ky) * IN_W;
    for (var ox = 0u; ox < OUT_W; ox++) {
      let pixel = (source + ox * STRIDE_X) * CHANNELS;
      let place = (row * OUT_W + ox) * FILTER_QUADS + f;
#each q QUADS
      let dy{q} = dy[place + {q}u];
#end
#each r RUN
      let x{r} = x[pixel + {r}u];
#each q QUADS
      sum{r}_{q} += x{r} * dy{q};
#end
#end
    }
  }
  let to = part * RESULT_QUADS + ky * RUN * FILTER_QUADS + f;
#each r RUN
#each q QUADS
  parts[to + {r}u * FILTER_QUADS + {q}u] = sum{r}_{q};
#end
#end
}
