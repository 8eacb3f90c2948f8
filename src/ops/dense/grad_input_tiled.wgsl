// dx[r,i] = sum over u of dy[r,u] * kernel[i,u]
// Layout: dy [ROWS,4*UNIT_QUADS], kernel [4*INPUT_QUADS,4*UNIT_QUADS], dx [ROWS,4*INPUT_QUADS]; vec4s all.
// Tile: a thread keeps ROW_TILE rows x four inputs in registers.

@group(0) @binding(0) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> kernel: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let i = index % INPUT_QUADS;
  let row = index / INPUT_QUADS * ROW_TILE;
#each r ROW_TILE
  // Rows beyond the last are the last once more, and are not written.
  let row{r} = min(row + {r}u, ROWS - 1u) * UNIT_QUADS;
  var sum{r} = vec4<f32>(0.0);
#end
  let weights = i * 4u * UNIT_QUADS;
  for (var u = 0u; u < UNIT_QUADS; u++) {
#each c LANES
    let k{c} = kernel[weights + {c}u * UNIT_QUADS + u];
#end
#each r ROW_TILE
    let d{r} = dy[row{r} + u];
    sum{r} += vec4<f32>(dot(d{r}, k0), dot(d{r}, k1), dot(d{r}, k2), dot(d{r}, k3));
#end
  }
#each r ROW_TILE
  if (row + {r}u < ROWS) {
    dx[(row + {r}u) * INPUT_QUADS + i] = sum{r};
  }
#end
}
