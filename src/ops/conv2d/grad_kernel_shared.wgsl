// parts[p,ky,kx,c,f] = sum over the output pixels (b,oy,ox) of part p of
//                      x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] * dy[b,oy,ox,f]
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS]; four channels or filters a vec4.
// Tile: a workgroup of 8 x 16 threads computes 32 channels of one tap x 64 filters. Sixteen pixels at a time
//       it brings both factors to workgroup memory, from where each thread adds to its four channels x four
//       filters. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<vec4<u32>>;
#endif

var<workgroup> pixels: array<vec4<f32>, 128>;
var<workgroup> gradients: array<vec4<f32>, 256>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let filters = group.x % FILTER_BLOCKS * 16u;
  let channels = group.x / FILTER_BLOCKS * 8u;
  let tap = group.y;
  let ky = tap / KERNEL_W;
  let kx = tap % KERNEL_W;
  let first = group.z * PIXELS_A_PART;
  let end = min(first + PIXELS_A_PART, PLACES);
  let quad = lane % 16u;
  let row = lane / 16u;
#each i LANES
  var sum{i} = vec4<f32>(0.0);
#end
  for (var start = first; start < end; start += 16u) {
    let place = start + lane / 8u;
    // Padding wraps around to numbers that are larger than any image.
    let iy = place / OUT_W % OUT_H * STRIDE_Y + ky - BEFORE_Y;
    let ix = place % OUT_W * STRIDE_X + kx - BEFORE_X;
    let pixel = (place / (OUT_W * OUT_H) * IN_H + iy) * IN_W + ix;
    let inside = place < end && iy < IN_H && ix < IN_W;
    pixels[lane] = select(vec4<f32>(0.0), x[pixel * CHANNEL_QUADS + channels + lane % 8u], inside);
    for (var half = 0u; half < 2u; half++) {
      let at = start + row + half * 8u;
#if FROM_MAXIMA
      let oy = at / OUT_W % OUT_H;
      let ox = at % OUT_W;
      let cy = oy / CELL_H;
      let cx = ox / CELL_W;
      let cell = ((at / (OUT_W * OUT_H) * CELLS_H + cy) * CELLS_W + cx) * FILTER_QUADS + filters + quad;
      let won = places[cell] == vec4<u32>(oy % CELL_H * CELL_W + ox % CELL_W);
      let there = (at < end) & (cy < CELLS_H) & (cx < CELLS_W);
      gradients[lane + half * 128u] = select(vec4<f32>(0.0), dy[cell], won & vec4<bool>(there));
#endif
#if !FROM_MAXIMA
      gradients[lane + half * 128u] =
        select(vec4<f32>(0.0), dy[at * FILTER_QUADS + filters + quad], at < end);
#endif
    }
    workgroupBarrier();
    for (var p = 0u; p < 16u; p++) {
      let value = pixels[p * 8u + row];
      let gradient = gradients[p * 16u + quad];
#each i LANES
      sum{i} += value[{i}] * gradient;
#end
    }
    workgroupBarrier();
  }
  let to = group.z * RESULT_QUADS + (tap * CHANNELS + (channels + row) * 4u) * FILTER_QUADS + filters + quad;
#each i LANES
  parts[to + {i}u * FILTER_QUADS] = sum{i};
#end
}
