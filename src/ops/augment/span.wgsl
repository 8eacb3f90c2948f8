// span[BATCH * PARTS + b] = max over p of span[b * PARTS + p]: what photo b spans at the end that its shift leads to
// Layout: span [BATCH,PARTS], and behind it [BATCH]. One workgroup a photo.

@group(0) @binding(0) var<storage, read_write> span: array<f32>;

var<workgroup> found: array<f32, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let b = min(group.y * (ROW / GROUP) + group.x, BATCH - 1u);
  var most = -255.0;
  for (var part = thread; part < PARTS; part += GROUP) {
    most = max(most, span[b * PARTS + part]);
  }
  found[thread] = most;
  workgroupBarrier();
  if (thread == 0u) {
    for (var other = 1u; other < GROUP; other++) {
      most = max(most, found[other]);
    }
    span[BATCH * PARTS + b] = most;
  }
}
