// y[i,j,k,l] = a[i,j,k,l] * b[i,j,k,l]
// Layout: y [SIZE_0,SIZE_1,SIZE_2,SIZE_3] of V, which is one value or four along the last axis. Neighbours along axis n
// lie A_n and B_n apart, 0 where a factor is stretched. One stretched along the last axis is read value by value.
// One thread per V.

#if SINGLE_A
@group(0) @binding(0) var<storage, read> a: array<f32>;
#endif
#if !SINGLE_A
@group(0) @binding(0) var<storage, read> a: array<V>;
#endif
#if SINGLE_B
@group(0) @binding(1) var<storage, read> b: array<f32>;
#endif
#if !SINGLE_B
@group(0) @binding(1) var<storage, read> b: array<V>;
#endif
@group(0) @binding(2) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let l = index % SIZE_3;
  let k = index / SIZE_3 % SIZE_2;
  let j = index / (SIZE_3 * SIZE_2) % SIZE_1;
  let i = index / (SIZE_3 * SIZE_2 * SIZE_1);
  let left = V(a[i * A_0 + j * A_1 + k * A_2 + l * A_3]);
  y[index] = left * V(b[i * B_0 + j * B_1 + k * B_2 + l * B_3]);
}
