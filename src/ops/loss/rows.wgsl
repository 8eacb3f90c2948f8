// rows[b] = weighted loss, 1 where sample b is told rightly, and 1; all 0 where its weight is 0
// dz[b,u] = weights[b] * scale * (softmax(z)[u] - onehot[u]), or of sigmoid and divided by UNITS
// Layout: z and dz [BATCH,UNITS], labels and weights [BATCH], rows [BATCH,COLUMNS]. One thread a sample.

@group(0) @binding(0) var<storage, read> z: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
#if GRADIENT
@group(0) @binding(3) var<storage, read_write> dz: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<vec4<f32>>;
@group(0) @binding(5) var<uniform> step: Step;
#endif
#if !GRADIENT
@group(0) @binding(3) var<storage, read_write> rows: array<vec4<f32>>;
#endif

#if BINARY
fn target_of(unit: u32, label: u32) -> f32 {
  if (UNITS == 1u) {
    return f32(label == 1u);
  }
  return f32(unit == label);
}
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let b = id.y * ROW + id.x;
  if (b >= THREADS) {
    return;
  }
  let first = b * UNITS;
  let label = labels[b];
  let weight = weights[b];
  var loss = 0.0;
  var accuracy = 0.0;
#if CATEGORICAL
  var best = 0u;
  for (var u = 1u; u < UNITS; u++) {
    best = select(best, u, z[first + u] > z[first + best]);
  }
  let maximum = z[first + best];
  var sum = 0.0;
  for (var u = 0u; u < UNITS; u++) {
    sum += exp(z[first + u] - maximum);
  }
  let log_sum = maximum + log(sum);
  loss = log_sum - z[first + label];
  accuracy = f32(best == label);
#if GRADIENT
  for (var u = 0u; u < UNITS; u++) {
    let hit = f32(u == label);
    dz[first + u] = weight * step.scale * (exp(z[first + u] - log_sum) - hit);
  }
#endif
#endif
#if BINARY
  // The probabilities decide, as in a prediction: two large logits may both give 1.
  var told = 0u;
  var most = -1.0;
  for (var u = 0u; u < UNITS; u++) {
    let logit = z[first + u];
    let wanted = target_of(u, label);
    let e = exp(-abs(logit));
    loss += max(logit, 0.0) - logit * wanted + log(1.0 + e);
    let probability = select(e, 1.0, logit >= 0.0) / (1.0 + e);
    told = select(told, u, probability > most);
    most = max(most, probability);
#if GRADIENT
    dz[first + u] = weight * step.scale * (probability - wanted) / f32(UNITS);
#endif
  }
  if (UNITS == 1u) {
    told = u32(most > 0.5);
  }
  loss /= f32(UNITS);
  accuracy = f32(told == label);
#endif
  rows[b] = select(vec4<f32>(0.0), vec4<f32>(weight * loss, accuracy, 1.0, 0.0), weight > 0.0);
}
