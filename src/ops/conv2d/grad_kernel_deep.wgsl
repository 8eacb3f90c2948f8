// parts[p,ky,kx,c,f] = sum over the output rows (b,oy) of part p, and over ox, of
//                      x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] * dy[b,oy,ox,f]
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS]; four channels or filters a vec4.
// Tile: a thread keeps 4*DEEP_QUADS channels of one tap x 4*QUADS filters in registers.
//       partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % FILTER_BLOCKS * QUADS;
  let c = index / FILTER_BLOCKS % CHANNEL_BLOCKS * DEEP_QUADS;
  let tap = index / (FILTER_BLOCKS * CHANNEL_BLOCKS) % (KERNEL_H * KERNEL_W);
  let part = index / (FILTER_BLOCKS * CHANNEL_BLOCKS * KERNEL_H * KERNEL_W);
  let ky = tap / KERNEL_W;
  let kx = tap % KERNEL_W;
  // The places whose tap lies inside the image.
  let from_x = (max(BEFORE_X, kx) - kx + STRIDE_X - 1u) / STRIDE_X;
  let to_x = min(OUT_W, (max(IN_W + BEFORE_X, kx) - kx + STRIDE_X - 1u) / STRIDE_X);
#each d DEEP_QUADS
#each i LANES
#each q QUADS
  var sum{d}_{i}_{q} = vec4<f32>(0.0);
#end
#end
#end
  let end = min((part + 1u) * ROWS_A_PART, BATCH * OUT_H);
  for (var row = part * ROWS_A_PART; row < end; row++) {
    // Padding wraps around to numbers that are larger than any image.
    let iy = row % OUT_H * STRIDE_Y + ky - BEFORE_Y;
    if (iy >= IN_H) {
      continue;
    }
    let source = (row / OUT_H * IN_H + iy) * IN_W + kx - BEFORE_X;
    for (var ox = from_x; ox < to_x; ox++) {
      let pixel = (source + ox * STRIDE_X) * CHANNEL_QUADS + c;
      let place = (row * OUT_W + ox) * FILTER_QUADS + f;
#each q QUADS
      let dy{q} = dy[place + {q}u];
#end
#each d DEEP_QUADS
      let x{d} = x[pixel + {d}u];
#each i LANES
#each q QUADS
      sum{d}_{i}_{q} += x{d}[{i}] * dy{q};
#end
#end
#end
    }
  }
  let to = part * RESULT_QUADS + (tap * CHANNELS + c * 4u) * FILTER_QUADS + f;
#each d DEEP_QUADS
#each i LANES
#each q QUADS
  parts[to + ({d}u * 4u + {i}u) * FILTER_QUADS + {q}u] = sum{d}_{i}_{q};
#end
#end
#end
}
