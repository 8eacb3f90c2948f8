// parts[p,ky,kx,c,f] = sum over the output pixels (b,oy,ox) of the tiles of part p of
//                      x[b, oy*STRIDE_Y+ky-BEFORE_Y, ox*STRIDE_X+kx-BEFORE_X, c] * dy[b,oy,ox,f]
// Layout: x [BATCH,IN_H,IN_W,CHANNELS], dy [BATCH,OUT_H,OUT_W,FILTERS],
//         parts [parts, KERNEL_H,KERNEL_W,CHANNELS,FILTERS].
// Where FROM_MAXIMA, dy and places are of the maxima of CELL_H x CELL_W outputs, and what did not win is 0.
// Tile: a thread keeps all taps of DEPTH channels x QUADS filters in registers, its neighbours the filters
//       beside its own. It goes through tiles of ROWS x COLUMNS output pixels and reads the pixels under
//       their windows once each. partial_sums.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;
#if FROM_MAXIMA
@group(0) @binding(3) var<storage, read> places: array<u32>;
#endif

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let f = index % 4u + index / 4u % FILTER_BLOCKS * {4*QUADS}u;
  let channel = index / (4u * FILTER_BLOCKS) % CHANNEL_BLOCKS * DEPTH;
  let part = index / (4u * FILTER_BLOCKS * CHANNEL_BLOCKS);
#each i KERNEL_H
#each j KERNEL_W
#each d DEPTH
#each q QUADS
  var sum{i}_{j}_{d}_{q} = 0.0;
#end
#end
#end
#end
  let end = min((part + 1u) * TILES_A_PART, TILES);
  for (var tile = part * TILES_A_PART; tile < end; tile++) {
    let ox = tile % TILES_X * COLUMNS;
    let oy = tile / TILES_X % TILES_Y * ROWS;
    let b = tile / (TILES_X * TILES_Y);
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
    let at{r}_{c} = (row{r} + column{c}) * CHANNELS + channel;
#if PADDED
    let inside{r}_{c} = (iy{r} < IN_H) & (ix{c} < IN_W);
#endif
#each d DEPTH
#if PADDED
    let x{r}_{c}_{d} = select(0.0, x[at{r}_{c} + {d}u], inside{r}_{c});
#endif
#if !PADDED
    let x{r}_{c}_{d} = x[at{r}_{c} + {d}u];
#endif
#end
#end
#end
#if FROM_MAXIMA
    let cell = ((b * CELLS_H + oy / CELL_H) * CELLS_W + ox / CELL_W) * FILTERS + f;
#endif
#if !FROM_MAXIMA
    let place = ((b * OUT_H + oy) * OUT_W + ox) * FILTERS + f;
#endif
#each q QUADS
#if FROM_MAXIMA
#each r TILE_CELLS_H
#each c TILE_CELLS_W
    let cell{r}_{c}_{q} = cell + ({r}u * CELLS_W + {c}u) * FILTERS + {4*q}u;
#if EXACT
    let value{r}_{c}_{q} = dy[cell{r}_{c}_{q}];
#endif
#if !EXACT
    let value{r}_{c}_{q} = select(0.0, dy[cell{r}_{c}_{q}],
      (oy + {r*CELL_H}u < CELLS_H * CELL_H) & (ox + {c*CELL_W}u < CELLS_W * CELL_W));
#endif
    let place{r}_{c}_{q} = places[cell{r}_{c}_{q}];
#each i CELL_H
#each j CELL_W
    let dy{r*CELL_H+i}_{c*CELL_W+j}_{q} = select(0.0, value{r}_{c}_{q}, place{r}_{c}_{q} == {i*CELL_W+j}u);
#end
#end
#end
#end
#endif
#if !FROM_MAXIMA
#each r ROWS
#each c COLUMNS
#if EXACT
    let dy{r}_{c}_{q} = dy[place + ({r}u * OUT_W + {c}u) * FILTERS + {4*q}u];
#endif
#if !EXACT
    let dy{r}_{c}_{q} = select(0.0, dy[place + ({r}u * OUT_W + {c}u) * FILTERS + {4*q}u],
      (oy + {r}u < OUT_H) & (ox + {c}u < OUT_W));
#endif
#end
#end
#endif
#each i KERNEL_H
#each j KERNEL_W
#each d DEPTH
    sum{i}_{j}_{d}_{q} = sum{i}_{j}_{d}_{q}
#each r ROWS
#each c COLUMNS
      + x{r*STRIDE_Y+i}_{c*STRIDE_X+j}_{d} * dy{r}_{c}_{q}
#end
#end
      ;
#end
#end
#end
#end
  }
#each i KERNEL_H
#each j KERNEL_W
#each d DEPTH
#each q QUADS
  parts[part * RESULTS + ({i*KERNEL_W+j}u * CHANNELS + channel + {d}u) * FILTERS + f + {4*q}u] = sum{i}_{j}_{d}_{q};
#end
#end
#end
#end
}
