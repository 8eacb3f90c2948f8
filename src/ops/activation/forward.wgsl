// y[i] = f(x[i]) for the function f that is set; for softmax y[r,u] = exp(x[r,u]) / sum over u of exp(x[r,u])
// Layout: x and y [THREADS] of V, which is one value or four; for softmax [THREADS,UNITS] values.
// One thread per V; for softmax one thread per row.

@group(0) @binding(0) var<storage, read> x: array<V>;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
#if SOFTMAX
  let first = index * UNITS;
  var maximum = x[first];
  for (var u = 1u; u < UNITS; u++) {
    maximum = max(maximum, x[first + u]);
  }
  var sum = 0.0;
  for (var u = 0u; u < UNITS; u++) {
    sum += exp(x[first + u] - maximum);
  }
  for (var u = 0u; u < UNITS; u++) {
    y[first + u] = exp(x[first + u] - maximum) / sum;
  }
#endif
#if !SOFTMAX
  let v = x[index];
#if LINEAR
  y[index] = v;
#endif
#if RELU
  var low = V(0.0);
  var high = v;
#if LEAKY
  low = SLOPE * (v - BOUND);
#endif
#if CAPPED
  high = min(v, V(MOST));
#endif
  y[index] = select(low, high, v > V(BOUND));
#endif
#if TANH
  y[index] = tanh_of(v);
#endif
#if ELU
  // exp(v) - 1 loses the digits of small v; t = tanh(v / 2) does not.
  let t = tanh_of(0.5 * min(v, V(0.0)));
  y[index] = select(2.0 * t / (1.0 - t), v, v > V(0.0));
#endif
#if SIGMOID
  y[index] = sigmoid(v);
#endif
#if HARD_SIGMOID
  y[index] = saturate(v / 6.0 + 0.5);
#endif
#if SILU
  y[index] = v * sigmoid(v);
#endif
#if HARD_SILU
  y[index] = v * saturate(v / 6.0 + 0.5);
#endif
#if GELU
  // Abramowitz and Stegun 26.2.17: the normal distribution's tail, to 7.5e-8.
  let a = min(abs(v), V(13.0));
  let t = 1.0 / (1.0 + 0.2316419 * a);
  let series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  let tail = series * 0.39894228 * exp(-0.5 * a * a);
  y[index] = v * select(tail, 1.0 - tail, v > V(0.0));
#endif
#endif
}

// Never takes the exponential of a positive number, which could overflow.
fn sigmoid(v: V) -> V {
  let e = exp(-abs(v));
  return select(e, V(1.0), v >= V(0.0)) / (1.0 + e);
}

// Drivers' own overflows beyond 88 and is wrong in the fifth digit on some. Near 0 a series keeps the digits.
fn tanh_of(v: V) -> V {
  let e = exp(-2.0 * abs(v));
  let s = v * v;
  let near = v * (1.0 - s * (1.0 / 3.0 - s * (2.0 / 15.0 - s * (17.0 / 315.0))));
  return select(sign(v) * (1.0 - e) / (1.0 + e), near, s < V(0.04));
}
