// parts[p,r,u] = sum over the inputs i of part p of x[r,i] * kernel[i,u]
// Layout: x [ROWS,INPUTS], kernel [INPUTS,4*UNIT_QUADS], parts [parts,ROWS,4*UNIT_QUADS]; four units a vec4.
// Tile: a thread keeps ROW_TILE rows x four units in registers, neighbours read neighbouring weights.
//       finish.wgsl adds the parts up.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> kernel: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let u = index % UNIT_QUADS;
  let row = index / UNIT_QUADS % ROW_BLOCKS * ROW_TILE;
  let part = index / (UNIT_QUADS * ROW_BLOCKS);
#each r ROW_TILE
  // Rows beyond the last are the last once more, and are not written.
  let row{r} = min(row + {r}u, ROWS - 1u) * INPUTS;
  var sum{r} = vec4<f32>(0.0);
#end
  let end = min((part + 1u) * INPUTS_A_PART, INPUTS);
  for (var i = part * INPUTS_A_PART; i < end; i++) {
    let weights = kernel[i * UNIT_QUADS + u];
#each r ROW_TILE
    sum{r} += x[row{r} + i] * weights;
#end
  }
#each r ROW_TILE
  if (row + {r}u < ROWS) {
    parts[(part * ROWS + row + {r}u) * UNIT_QUADS + u] = sum{r};
  }
#end
}
