// y[b,oy,ox,f] = sum over ky,kx,c of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c]
//                                    * kernel[ky,kx,c,f], plus bias[f], then relu or relu6
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], kernel [KERNEL_H,KERNEL_W,CHANNELS,FILTERS],
//         y [BATCH,OUT_H,OUT_W,FILTERS]; four channels or filters a vec4.
// Tile: a workgroup of ROWS x QUADS = 256 threads computes ROWS*PIXELS pixels x 4*QUADS filters. Sixteen
//       channels of one tap at a time it brings both factors to workgroup memory, from where each thread
//       adds to its PIXELS pixels x four filters.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> kernel: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#if BIAS
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
#endif
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<vec4<u32>>;
#endif

var<workgroup> pixels: array<vec4<f32>, PIXEL_QUADS>;
var<workgroup> weights: array<vec4<f32>, WEIGHT_QUADS>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let quad = lane % QUADS;
  let row = lane / QUADS;
  let first = group.x * ROWS * PIXELS;
  let filters = group.y * QUADS;
  // What this thread brings: channels 4*(lane % 4) of the pixels lane / 4, lane / 4 + 64, ...
  let depth = lane % 4u;
#each l LOADS
  let place{l} = first + lane / 4u + {l}u * 64u;
  let there{l} = place{l} < PLACES;
  // Padding wraps around to numbers that are larger than any image.
  let top{l} = place{l} / OUT_W % OUT_H * STRIDE_Y - BEFORE_Y;
  let left{l} = place{l} % OUT_W * STRIDE_X - BEFORE_X;
  let corner{l} = ((place{l} / (OUT_W * OUT_H) * IN_H + top{l}) * IN_W + left{l}) * DEPTH + depth;
#end
#each p PIXELS
  var sum{p} = vec4<f32>(0.0);
#end
  for (var ky = 0u; ky < KERNEL_H; ky++) {
    for (var kx = 0u; kx < KERNEL_W; kx++) {
#each l LOADS
#if FROM_MAXIMA
      let cy{l} = (top{l} + ky) / CELL_H;
      let cx{l} = (left{l} + kx) / CELL_W;
      let inside{l} = there{l} & (cy{l} < CELLS_H) & (cx{l} < CELLS_W);
      let tap{l} = vec4<u32>((top{l} + ky) % CELL_H * CELL_W + (left{l} + kx) % CELL_W);
      let first_cell{l} = ((place{l} / (OUT_W * OUT_H) * CELLS_H + cy{l}) * CELLS_W + cx{l}) * DEPTH + depth;
#endif
#if !FROM_MAXIMA
      let inside{l} = there{l} & (top{l} + ky < IN_H) & (left{l} + kx < IN_W);
#endif
#end
      let tap = (ky * IN_W + kx) * DEPTH;
      let channel = (ky * KERNEL_W + kx) * CHANNELS + row;
      for (var c = 0u; c < DEPTH; c += 4u) {
#each l LOADS
#if FROM_MAXIMA
        let cell{l} = first_cell{l} + c;
        pixels[lane + {l}u * 256u] =
          select(vec4<f32>(0.0), x[cell{l}], (places[cell{l}] == tap{l}) & vec4<bool>(inside{l}));
#endif
#if !FROM_MAXIMA
        pixels[lane + {l}u * 256u] = select(vec4<f32>(0.0), x[corner{l} + tap + c], inside{l});
#endif
#end
        if (lane < WEIGHT_QUADS) {
          weights[lane] = kernel[(channel + c * 4u) * FILTER_QUADS + filters + quad];
        }
        workgroupBarrier();
        for (var d = 0u; d < 4u; d++) {
#each i LANES
          let k{i} = weights[(d * 4u + {i}u) * QUADS + quad];
#end
#each p PIXELS
          let x{p} = pixels[(row * PIXELS + {p}u) * 4u + d];
          sum{p} += x{p}.x * k0 + x{p}.y * k1 + x{p}.z * k2 + x{p}.w * k3;
#end
        }
        workgroupBarrier();
      }
    }
  }
#each p PIXELS
  let to{p} = first + row * PIXELS + {p}u;
  if (to{p} < PLACES) {
#if BIAS
    sum{p} += bias[filters + quad];
#endif
#if RELU
    sum{p} = max(sum{p}, vec4<f32>(0.0));
#endif
#if RELU6
    sum{p} = clamp(sum{p}, vec4<f32>(0.0), vec4<f32>(6.0));
#endif
    y[to{p} * FILTER_QUADS + filters + quad] = sum{p};
  }
#end
}
