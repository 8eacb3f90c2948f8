// dx[b,i,c] = dy[b,c] / PIXELS, or with PLACES dy[b,c] where i is places[b,c], else 0
// Layout: dy and places [batch,CHANNELS], dx [batch,PIXELS,CHANNELS]. One thread per value of dx.

@group(0) @binding(0) var<storage, read> dy: array<f32>;
#if PLACES
@group(0) @binding({PLACES}) var<storage, read> places: array<u32>;
#endif
@group(0) @binding({DX}) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let result = index / (PIXELS * CHANNELS) * CHANNELS + index % CHANNELS;
#if PLACES
  dx[index] = select(0.0, dy[result], places[result] == index / CHANNELS % PIXELS);
#endif
#if !PLACES
  dx[index] = dy[result] / f32(PIXELS);
#endif
}
