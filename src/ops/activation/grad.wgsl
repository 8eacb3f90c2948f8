// dx = dy * f'(x) in place, f' being computed from v, which is y or x as Function::grad_reads tells; for softmax
// dx[r,u] = y[r,u] * (dy[r,u] - sum over u of dy[r,u]*y[r,u])
// Layout: v and dy [THREADS] of V, which is one value or four; for softmax [THREADS,UNITS] values.
// One thread per V; for softmax one thread per row.

@group(0) @binding(0) var<storage, read> values: array<V>;
@group(0) @binding(1) var<storage, read_write> dy: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
#if SOFTMAX
  let first = index * UNITS;
  var sum = 0.0;
  for (var u = 0u; u < UNITS; u++) {
    sum += dy[first + u] * values[first + u];
  }
  for (var u = 0u; u < UNITS; u++) {
    dy[first + u] = values[first + u] * (dy[first + u] - sum);
  }
#endif
#if !SOFTMAX
  let v = values[index];
#if RELU
  let d = dy[index];
  var low = V(0.0);
  var high = d;
#if LEAKY
  low = SLOPE * d;
#endif
#if CAPPED
  high = select(V(0.0), d, v < V(MOST));
#endif
  dy[index] = select(low, high, v > V(BOUND));
#endif
#if ELU
  dy[index] *= min(v, V(0.0)) + 1.0;
#endif
#if TANH
  dy[index] *= 1.0 - v * v;
#endif
#if SIGMOID
  dy[index] *= v * (1.0 - v);
#endif
#if HARD_SIGMOID
  dy[index] = select(V(0.0), dy[index] / 6.0, (v > V(0.0)) & (v < V(1.0)));
#endif
#if SILU
  // Never takes the exponential of a positive number, which could overflow.
  let e = exp(-abs(v));
  let s = select(e, V(1.0), v >= V(0.0)) / (1.0 + e);
  dy[index] *= s * (1.0 + v * (1.0 - s));
#endif
#if HARD_SILU
  dy[index] *= select(select(v / 3.0 + 0.5, V(1.0), v > V(3.0)), V(0.0), v <= V(-3.0));
#endif
#if GELU
  // P(v) + v * p(v); Abramowitz and Stegun 26.2.17: the normal distribution's tail, to 7.5e-8.
  let w = clamp(v, V(-13.0), V(13.0));
  let t = 1.0 / (1.0 + 0.2316419 * abs(w));
  let series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  let p = 0.39894228 * exp(-0.5 * w * w);
  dy[index] *= select(series * p, 1.0 - series * p, w > V(0.0)) + w * p;
#endif
#endif
}
