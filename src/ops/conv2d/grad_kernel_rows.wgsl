// parts[p,ky,kx,c,f] = sum over the output pixels (b,oy,ox) of the strips of part p of
//                      x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] * dy[b,oy,ox,f]
// Where FROM_MAXIMA, dy and places are of the maxima of CELL_H x CELL_W outputs, and what did not win is 0.
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS]; four filters a vec4.
// Tile: for images of few channels. A workgroup computes all WEIGHTS = KERNEL_H*KERNEL_W*CHANNELS weights of
//       4*QUADS filters. It goes through strips of STRIP output pixels beside each other, and brings the RUN
//       values of each image row under them, and their gradients, to workgroup memory, from where each
//       thread adds to its four weights x four filters. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<vec4<u32>>;
#endif

var<workgroup> rows: array<f32, ROW_VALUES>;
var<workgroup> gradients: array<vec4<f32>, GRADIENTS>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let quad = lane % QUADS;
  let filters = group.y * QUADS;
  let weight = lane / QUADS * 4u;
#each i LANES
  // The last threads' may be one too many: then it is computed, and not written.
  let weight{i} = min(weight + {i}u, WEIGHTS - 1u);
  let at{i} = weight{i} / (KERNEL_W * CHANNELS) * RUN + weight{i} % (KERNEL_W * CHANNELS);
  var sum{i} = vec4<f32>(0.0);
#end
  let end = min((group.x + 1u) * STRIPS_A_PART, STRIPS);
  for (var strip = group.x * STRIPS_A_PART; strip < end; strip++) {
    let left = strip % STRIPS_X * STRIP;
    let oy = strip / STRIPS_X % OUT_H;
    let b = strip / (STRIPS_X * OUT_H);
    for (var i = lane; i < ROW_VALUES; i += GROUP) {
      // Padding wraps around to numbers that are larger than any image.
      let iy = oy * STRIDE_Y + i / RUN - BEFORE_Y;
      let ix = left * STRIDE_X + i % RUN / CHANNELS - BEFORE_X;
      let value = x[((b * IN_H + iy) * IN_W + ix) * CHANNELS + i % RUN % CHANNELS];
      rows[i] = select(0.0, value, (iy < IN_H) & (ix < IN_W));
    }
    for (var i = lane; i < GRADIENTS; i += GROUP) {
      let ox = left + i / QUADS;
#if FROM_MAXIMA
      let cy = oy / CELL_H;
      let cx = ox / CELL_W;
      let cell = ((b * CELLS_H + cy) * CELLS_W + cx) * FILTER_QUADS + filters + i % QUADS;
      let won = places[cell] == vec4<u32>(oy % CELL_H * CELL_W + ox % CELL_W);
      let there = (ox < OUT_W) & (cy < CELLS_H) & (cx < CELLS_W);
      gradients[i] = select(vec4<f32>(0.0), dy[cell], won & vec4<bool>(there));
#endif
#if !FROM_MAXIMA
      let place = ((b * OUT_H + oy) * OUT_W + ox) * FILTER_QUADS + filters + i % QUADS;
      gradients[i] = select(vec4<f32>(0.0), dy[place], ox < OUT_W);
#endif
    }
    workgroupBarrier();
    for (var p = 0u; p < STRIP; p++) {
      let gradient = gradients[p * QUADS + quad];
#each i LANES
      sum{i} += rows[at{i} + p * STRIDE_X * CHANNELS] * gradient;
#end
    }
    workgroupBarrier();
  }
#each i LANES
  if (weight + {i}u < WEIGHTS) {
    parts[(group.x * WEIGHTS + weight + {i}u) * FILTER_QUADS + filters + quad] = sum{i};
  }
#end
}
