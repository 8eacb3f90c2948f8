// y[i] = x0[i] + x1[i] + ...
// Layout: each term and y [THREADS] of V, which is one value or four. One thread per V.

#each t TERMS
@group(0) @binding({t}) var<storage, read> x{t}: array<V>;
#end
@group(0) @binding({TERMS}) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  var sum = V(0.0);
#each t TERMS
  sum += x{t}[index];
#end
  y[index] = sum;
}
