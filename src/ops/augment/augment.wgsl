// y[b,r,c,k] = photo b at (X, Y) / 255, bilinear between its four nearest bytes of channel k, where
//   X = m[0] c + m[1] r + m[2], Y = m[4] c + m[5] r + m[6], m = rows[b]; beyond the photo by the fill mode
//   and before the division + m[3] within what the photo spans, cut to a whole byte, * m[7], and cut again
// Layout: x [BATCH,HEIGHT,WIDTH,CHANNELS] bytes, four a word, the lowest first; rows [BATCH,8]; y as x, values.
#if SPANS
// Here: spans[b] = least and largest value of photo b so far. One workgroup a photo.
#endif
#if !SPANS
// One thread a pixel.
#endif

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<vec4<f32>>;
#if SPANS
@group(0) @binding(2) var<storage, read_write> spans: array<vec2<f32>>;
#endif
#if !SPANS
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
#if SHIFT
@group(0) @binding(3) var<storage, read> spans: array<vec2<f32>>;
#endif
#endif

const PIXELS = WIDTH * HEIGHT;
const SIDES = vec2<f32>(f32(WIDTH), f32(HEIGHT));
const LAST = SIDES - 1.0;

// Where a pixel is read: the bytes' numbers of the two pixels above and the two below, and the shares of the right
// and the lower ones.
struct Place {
  corners: vec4<u32>,
  shares: vec2<f32>,
  filled: bool,
}

fn byte(at: u32) -> f32 {
  return f32((x[at / 4u] >> (at % 4u * 8u)) & 255u);
}

// Columns and rows of the photo that are seen at such places beyond it or in it.
fn inside(place: vec2<f32>) -> vec2<f32> {
#if REFLECT
  let period = 2.0 * SIDES;
  let gone = place + 0.5 - period * floor((place + 0.5) / period);
  return clamp(min(gone, period - gone) - 0.5, vec2<f32>(), LAST);
#endif
#if WRAP
  // A photo of one pixel has no period.
  let period = max(LAST, vec2<f32>(1.0));
  let before = place + period * (floor(-place / period) + 1.0);
  let behind = place - period * floor(place / period);
  let wrapped = select(select(place, behind, place > LAST), before, place < vec2<f32>());
  return clamp(wrapped, vec2<f32>(), LAST);
#endif
#if CLAMP
  return clamp(place, vec2<f32>(), LAST);
#endif
}

fn place_of(b: u32, pixel: u32) -> Place {
  let at = vec3<f32>(f32(pixel % WIDTH), f32(pixel / WIDTH), 1.0);
  let mapped = vec2<f32>(dot(rows[2u * b].xyz, at), dot(rows[2u * b + 1u].xyz, at));
  let place = inside(mapped);
  let low = vec2<u32>(place);
  let high = min(low + 1u, vec2<u32>(WIDTH - 1u, HEIGHT - 1u));
  let pixels = b * PIXELS + vec4<u32>(low.yy, high.yy) * WIDTH + vec4<u32>(low.x, high.x, low.x, high.x);
#if CONSTANT
  let filled = any(mapped < vec2<f32>()) || any(mapped > LAST);
#endif
#if !CONSTANT
  let filled = false;
#endif
  return Place(pixels * CHANNELS, place - vec2<f32>(low), filled);
}

// Channel k there, of a byte's size.
fn seen(place: Place, k: u32) -> f32 {
  if (place.filled) {
    return CVAL;
  }
  let at = place.corners + k;
  let left = vec2<f32>(byte(at.x), byte(at.z));
  let right = vec2<f32>(byte(at.y), byte(at.w));
  // In this form equal bytes give that very byte.
  let rows_between = left + place.shares.x * (right - left);
  return rows_between.x + place.shares.y * (rows_between.y - rows_between.x);
}

#if SPANS
var<workgroup> least: array<f32, GROUP>;
var<workgroup> largest: array<f32, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let b = min(group.y * (ROW / GROUP) + group.x, BATCH - 1u);
  var low = 255.0;
  var high = 0.0;
  for (var pixel = thread; pixel < PIXELS; pixel += GROUP) {
    let place = place_of(b, pixel);
    for (var k = 0u; k < CHANNELS; k++) {
      let value = seen(place, k);
      low = min(low, value);
      high = max(high, value);
    }
  }
  least[thread] = low;
  largest[thread] = high;
  for (var half = GROUP / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      least[thread] = min(least[thread], least[thread + half]);
      largest[thread] = max(largest[thread], largest[thread + half]);
    }
  }
  if (thread == 0u) {
    spans[b] = vec2<f32>(least[0], largest[0]);
  }
}
#endif
#if !SPANS
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let b = index / PIXELS;
  let place = place_of(b, index % PIXELS);
  for (var k = 0u; k < CHANNELS; k++) {
    var value = seen(place, k);
#if SHIFT
    value = clamp(value + rows[2u * b].w, spans[b].x, spans[b].y);
#endif
#if BRIGHTNESS
    value = trunc(min(trunc(value) * rows[2u * b + 1u].w, 255.0));
#endif
    y[index * CHANNELS + k] = value * (1.0 / 255.0);
  }
}
#endif
