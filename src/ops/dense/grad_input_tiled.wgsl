// dx[r,i] = sum over u of dy[r,u] * kernel[i,u]
// Layout: dy [ROWS,4*UNIT_QUADS], kernel [4*QUADS*INPUT_BLOCKS,4*UNIT_QUADS], dx [ROWS,4*QUADS*INPUT_BLOCKS]; vec4s all.
// Tile: a thread keeps ROW_TILE rows x QUADS times four inputs in registers.

@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> kernel: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let i = index % INPUT_BLOCKS;
  let row = index / INPUT_BLOCKS * ROW_TILE;
#each r ROW_TILE
  // Rows beyond the last are the last once more, and are not written.
  let row{r} = min(row + {r}u, ROWS - 1u) * UNIT_QUADS;
#each q QUADS
  var sum{r}_{q} = vec4<f32>(0.0);
#end
#end
  let weights = i * 4u * QUADS * UNIT_QUADS;
  for (var u = 0u; u < UNIT_QUADS; u++) {
#each q QUADS
#each c LANES
    let k{q}_{c} = kernel[weights + (4u * {q}u + {c}u) * UNIT_QUADS + u];
#end
#end
#each r ROW_TILE
    let d{r} = dy[row{r} + u];
#each q QUADS
    sum{r}_{q} += vec4<f32>(dot(d{r}, k{q}_0), dot(d{r}, k{q}_1), dot(d{r}, k{q}_2), dot(d{r}, k{q}_3));
#end
#end
  }
#each r ROW_TILE
  if (row + {r}u < ROWS) {
#each q QUADS
    dx[((row + {r}u) * INPUT_BLOCKS + i) * QUADS + {q}u] = sum{r}_{q};
#end
  }
#end
}
