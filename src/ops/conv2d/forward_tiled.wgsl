// y[b,oy,ox,f] = sum over ky,kx,c of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c]
//                                    * kernel[ky,kx,c,f], plus bias[f], then relu or relu6
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], kernel [KERNEL_H,KERNEL_W,CHANNELS,FILTERS],
//         y [BATCH,OUT_H,OUT_W,FILTERS]; four filters a vec4, and where DEEP four channels a vec4.
// Tile: a thread keeps PIXELS neighbouring pixels of the flattened output x 4*QUADS filters in registers.
//       The filters come from the workgroup's number, so that all its threads read the same weights.

#if DEEP
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
#endif
#if !DEEP
@group(0) @binding(0) var<storage, read> x: array<f32>;
#endif
@group(0) @binding(1) var<storage, read> kernel: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#if BIAS
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
#endif

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.x * GROUP + lane) * PIXELS;
  if (first >= PLACES) {
    return;
  }
  let quad = group.y * QUADS;
#each p PIXELS
  let place{p} = min(first + {p}u, PLACES - 1u);
  // Padding wraps around to numbers that are larger than any image.
  let top{p} = place{p} / OUT_W % OUT_H * STRIDE_Y - BEFORE_Y;
  let left{p} = place{p} % OUT_W * STRIDE_X - BEFORE_X;
  let corner{p} = ((place{p} / (OUT_W * OUT_H) * IN_H + top{p}) * IN_W + left{p}) * DEPTH;
#end
#each q QUADS
#if BIAS
  let start{q} = bias[quad + {q}u];
#endif
#if !BIAS
  let start{q} = vec4<f32>(0.0);
#endif
#each p PIXELS
  var sum{p}_{q} = start{q};
#end
#end
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    for (var kx = 0u; kx < KERNEL_W; kx++) {
      let tap = (ky * IN_W + kx) * DEPTH;
      let weights = (ky * KERNEL_W + kx) * CHANNELS * FILTER_QUADS + quad;
#if PADDED
#each p PIXELS
      let inside{p} = top{p} + ky < IN_H && left{p} + kx < IN_W;
#end
#endif
      for (var c = 0u; c < DEPTH; c++) {
#each p PIXELS
#if !PADDED
        let x{p} = x[corner{p} + tap + c];
#endif
#if PADDED
#if DEEP
        let x{p} = select(vec4<f32>(0.0), x[corner{p} + tap + c], inside{p});
#endif
#if !DEEP
        let x{p} = select(0.0, x[corner{p} + tap + c], inside{p});
#endif
#endif
#end
#if DEEP
#each i LANES
#each q QUADS
        let k{i}_{q} = kernel[weights + (c * 4u + {i}u) * FILTER_QUADS + {q}u];
#each p PIXELS
        sum{p}_{q} += x{p}[{i}] * k{i}_{q};
#end
#end
#end
#endif
#if !DEEP
#each q QUADS
        let k{q} = kernel[weights + c * FILTER_QUADS + {q}u];
#each p PIXELS
        sum{p}_{q} += x{p} * k{q};
#end
#end
#endif
      }
    }
  }
#each p PIXELS
  if (first + {p}u < PLACES) {
#each q QUADS
#if RELU
    sum{p}_{q} = max(sum{p}_{q}, vec4<f32>(0.0));
#endif
#if RELU6
    sum{p}_{q} = clamp(sum{p}_{q}, vec4<f32>(0.0), vec4<f32>(6.0));
#endif
    y[(first + {p}u) * FILTER_QUADS + quad + {q}u] = sum{p}_{q};
#end
  }
#end
}
