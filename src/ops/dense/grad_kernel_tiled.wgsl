// dkernel[i,u] = sum over r of x[r,i] * dy[r,u]
// Layout: x [ROWS,4*INPUT_QUADS], dy [ROWS,4*UNIT_QUADS], dkernel [4*INPUT_QUADS,4*UNIT_QUADS]; vec4s all.
// Tile: a thread keeps four inputs x 4*QUADS units in registers.

@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> dkernel: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let u = index % UNIT_BLOCKS * QUADS;
  let i = index / UNIT_BLOCKS;
#each c LANES
#each q QUADS
  var sum{c}_{q} = vec4<f32>(0.0);
#end
#end
  for (var r = 0u; r < ROWS; r++) {
    let value = x[r * INPUT_QUADS + i];
#each q QUADS
    let dy{q} = dy[r * UNIT_QUADS + u + {q}u];
#each c LANES
    sum{c}_{q} += value[{c}] * dy{q};
#end
#end
  }
#each c LANES
#each q QUADS
  dkernel[(i * 4u + {c}u) * UNIT_QUADS + u + {q}u] = sum{c}_{q};
#end
#end
}
