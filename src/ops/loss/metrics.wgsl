// metrics[step.row] = sum over b of rows[b], added to what the batch's micro-batches before left there
// Layout: rows [BATCH,COLUMNS], metrics [METRIC_ROWS,COLUMNS]. One thread in all: a batch is short.

@group(0) @binding(0) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> metrics: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= THREADS) {
    return;
  }
  var sum = vec4<f32>(0.0);
  if (step.part > 0u) {
    sum = metrics[step.row];
  }
  for (var b = 0u; b < BATCH; b++) {
    sum += rows[b];
  }
  metrics[step.row] = sum;
}
