// y[b,r,c] = y[b,r,c] held within the value of photo b's end in span: augment.wgsl has shifted what lies near to it beyond.
// It holds values that are finished already: the order of values is that of their bytes.
// Layout: rows, y, span as there, and behind span the ends [BATCH]. One thread for the same pixels as there; most have
// nothing to do.

@group(0) @binding(0) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> span: array<f32>;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let b = index / (WIDTH * BANDS);
  let shift = rows[2u * b].w;
  let end = span[THREADS + b];
  if (span[index] + abs(shift) <= end) {
    return;
  }
  let sign = select(1.0, -1.0, shift < 0.0);
  var most = sign * end;
#if BRIGHTNESS
  most = trunc(min(trunc(most) * rows[2u * b + 1u].w, 255.0));
#endif
  most *= sign * (1.0 / 255.0);
  let column = index % WIDTH;
  let first = index / WIDTH % BANDS * RUN;
  for (var r = first; r < min(first + RUN, HEIGHT); r++) {
    let i = ((b * HEIGHT + r) * WIDTH + column) * CHANNELS;
    for (var channel = 0u; channel < CHANNELS; channel++) {
      y[i + channel] = sign * min(sign * y[i + channel], most);
    }
  }
}
