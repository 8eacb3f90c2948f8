// y[b,oy,ox,f] = sum over ky,kx,c of x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c]
//                                    * kernel[ky,kx,c,f], plus bias[f], then relu or relu6
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], kernel [KERNEL_H,KERNEL_W,CHANNELS,FILTERS],
//         y [BATCH,OUT_H,OUT_W,FILTERS].
// Where POOLED, y [BATCH,POOLED_H,POOLED_W,FILTERS] are the maxima of POOL_H x POOL_W of these, and places
//         (of the same shape) says which of them each is, the first of equals.
// Where FROM_MAXIMA, x and won are of the maxima of CELL_H x CELL_W pixels, and a pixel that did not win is 0.
// Tile: a thread keeps ROWS x COLUMNS output pixels x QUADS filters in registers, its neighbours the
//       filters beside its own. A channel at a time it reads the pixels under the tile's windows, each
//       once, and uses each for up to KERNEL_H*KERNEL_W products a filter.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> kernel: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
#if PLACES
@group(0) @binding(3) var<storage, read_write> places: array<u32>;
#endif
#if BIAS
@group(0) @binding({3+WITH_PLACES}) var<storage, read> bias: array<f32>;
#endif
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> won: array<u32>;
#endif

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % 4u + index / 4u % FILTER_BLOCKS * {4*QUADS}u;
  let tile = index / (4u * FILTER_BLOCKS);
  let ox = tile % TILES_X * COLUMNS;
  let oy = tile / TILES_X % TILES_Y * ROWS;
  let b = tile / (TILES_X * TILES_Y);
#if FROM_MAXIMA
#each r PATCH_CELLS_H
  // Padding wraps around to numbers that are larger than any image.
  let cy{r} = (oy + {r*CELL_H}u - BEFORE_Y - PHASE_Y) / CELL_H;
  let row{r} = (b * CELLS_H + min(cy{r}, CELLS_H - 1u)) * CELLS_W;
#end
#each c PATCH_CELLS_W
  let cx{c} = (ox + {c*CELL_W}u - BEFORE_X - PHASE_X) / CELL_W;
  let column{c} = min(cx{c}, CELLS_W - 1u);
#end
#each r PATCH_CELLS_H
#each c PATCH_CELLS_W
  let at{r}_{c} = (row{r} + column{c}) * CHANNELS;
  let inside{r}_{c} = (cy{r} < CELLS_H) & (cx{c} < CELLS_W);
#end
#end
#endif
#if !FROM_MAXIMA
#each r PATCH_H
  // Padding wraps around to numbers that are larger than any image.
  let iy{r} = oy * STRIDE_Y + {r}u - BEFORE_Y;
  let row{r} = (b * IN_H + min(iy{r}, IN_H - 1u)) * IN_W;
#end
#each c PATCH_W
  let ix{c} = ox * STRIDE_X + {c}u - BEFORE_X;
  let column{c} = min(ix{c}, IN_W - 1u);
#end
#each r PATCH_H
#each c PATCH_W
  let at{r}_{c} = (row{r} + column{c}) * CHANNELS;
#if PADDED
  let inside{r}_{c} = (iy{r} < IN_H) & (ix{c} < IN_W);
#endif
#end
#end
#endif
#each q QUADS
#if BIAS
  let start{q} = bias[f + {4*q}u];
#endif
#if !BIAS
  let start{q} = 0.0;
#endif
#each r ROWS
#each c COLUMNS
  var sum{r}_{c}_{q} = start{q};
#end
#end
#end
  for (var channel = 0u; channel < CHANNELS; channel++) {
#if FROM_MAXIMA
#each r PATCH_CELLS_H
#each c PATCH_CELLS_W
    let value{r}_{c} = select(0.0, x[at{r}_{c} + channel], inside{r}_{c});
    let won{r}_{c} = won[at{r}_{c} + channel];
#each i CELL_H
#each j CELL_W
    let x{r*CELL_H+i}_{c*CELL_W+j} = select(0.0, value{r}_{c}, won{r}_{c} == {i*CELL_W+j}u);
#end
#end
#end
#end
#endif
#if !FROM_MAXIMA
#each r PATCH_H
#each c PATCH_W
#if PADDED
    let x{r}_{c} = select(0.0, x[at{r}_{c} + channel], inside{r}_{c});
#endif
#if !PADDED
    let x{r}_{c} = x[at{r}_{c} + channel];
#endif
#end
#end
#endif
#each q QUADS
#each i KERNEL_H
#each j KERNEL_W
    let k{i}_{j}_{q} = kernel[({i*KERNEL_W+j}u * CHANNELS + channel) * FILTERS + f + {4*q}u];
#end
#end
#each r ROWS
#each c COLUMNS
    sum{r}_{c}_{q} = sum{r}_{c}_{q}
#each i KERNEL_H
#each j KERNEL_W
      + x{r*STRIDE_Y+i+PHASE_Y}_{c*STRIDE_X+j+PHASE_X} * k{i}_{j}_{q}
#end
#end
      ;
#end
#end
#end
  }
#each r ROWS
#each c COLUMNS
#each q QUADS
#if RELU
  sum{r}_{c}_{q} = max(sum{r}_{c}_{q}, 0.0);
#endif
#if RELU6
  sum{r}_{c}_{q} = clamp(sum{r}_{c}_{q}, 0.0, 6.0);
#endif
#end
#end
#end
#if POOLED
#each r POOLED_ROWS
#each c POOLED_COLUMNS
#each q QUADS
  var maximum{r}_{c}_{q} = sum{r*POOL_H}_{c*POOL_W}_{q};
  var place{r}_{c}_{q} = 0u;
#each i POOL_H
#each j POOL_W
  place{r}_{c}_{q} = select(place{r}_{c}_{q}, {i*POOL_W+j}u, sum{r*POOL_H+i}_{c*POOL_W+j}_{q} > maximum{r}_{c}_{q});
  maximum{r}_{c}_{q} = max(maximum{r}_{c}_{q}, sum{r*POOL_H+i}_{c*POOL_W+j}_{q});
#end
#end
#end
  {
    let py = oy / POOL_H + {r}u;
    let px = ox / POOL_W + {c}u;
    if ((py < POOLED_H) & (px < POOLED_W)) {
      let to = ((b * POOLED_H + py) * POOLED_W + px) * FILTERS + f;
#each q QUADS
      y[to + {4*q}u] = maximum{r}_{c}_{q};
#if PLACES
      places[to + {4*q}u] = place{r}_{c}_{q};
#endif
#end
    }
  }
#end
#end
#endif
#if !POOLED
#each r ROWS
#each c COLUMNS
  if ((oy + {r}u < OUT_H) & (ox + {c}u < OUT_W)) {
    let to = ((b * OUT_H + oy + {r}u) * OUT_W + ox + {c}u) * FILTERS + f;
#each q QUADS
    y[to + {4*q}u] = sum{r}_{c}_{q};
#end
  }
#end
#end
#endif
}
