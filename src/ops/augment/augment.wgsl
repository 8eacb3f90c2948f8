// y[b,r,c] = photo b at (X, Y) / 255, bilinear between its four nearest pixels, where
//   X = m[0] c + m[1] r + m[2], Y = m[4] c + m[5] r + m[6], m = rows[b]; beyond the photo by the fill mode
//   and before the division + m[3] within what the photo spans, cut to a whole byte, * m[7], and cut again
// Layout: x [BATCH,HEIGHT,WIDTH,1 or 3] bytes, four a word, the lowest first; rows [BATCH,8]; y as x, values.
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

#if COLOUR
alias Pixel = vec3<f32>;
#endif
#if !COLOUR
alias Pixel = f32;
#endif

// Pixel number i of all photos'.
fn pixel(i: u32) -> Pixel {
#if COLOUR
  let at = 3u * i;
  let shift = at % 4u * 8u;
  // The word behind the last one is never needed.
  let bits = (x[at / 4u] >> shift) | select(0u, x[at / 4u + 1u] << (32u - shift), shift > 8u);
  return vec3<f32>((vec3<u32>(bits) >> vec3<u32>(0u, 8u, 16u)) & vec3<u32>(255u));
#endif
#if !COLOUR
  return f32((x[i / 4u] >> (i % 4u * 8u)) & 255u);
#endif
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

// What is seen of photo b at its pixel, of bytes' sizes.
fn seen(b: u32, at: u32) -> Pixel {
  let here = vec3<f32>(f32(at % WIDTH), f32(at / WIDTH), 1.0);
  let mapped = vec2<f32>(dot(rows[2u * b].xyz, here), dot(rows[2u * b + 1u].xyz, here));
#if CONSTANT
  if (any(mapped < vec2<f32>()) || any(mapped > LAST)) {
    return Pixel(CVAL);
  }
#endif
  let place = inside(mapped);
  let low = vec2<u32>(place);
  let high = min(low + 1u, vec2<u32>(WIDTH - 1u, HEIGHT - 1u));
  let share = place - vec2<f32>(low);
  let above = b * PIXELS + low.y * WIDTH;
  let below = b * PIXELS + high.y * WIDTH;
  // In this form equal bytes give that very byte.
  let left = mixed(pixel(above + low.x), pixel(below + low.x), share.y);
  let right = mixed(pixel(above + high.x), pixel(below + high.x), share.y);
  return mixed(left, right, share.x);
}

fn mixed(one: Pixel, other: Pixel, share: f32) -> Pixel {
  return one + share * (other - one);
}

#if SPANS
var<workgroup> least: array<f32, GROUP>;
var<workgroup> largest: array<f32, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let b = min(group.y * (ROW / GROUP) + group.x, BATCH - 1u);
  var low = Pixel(255.0);
  var high = Pixel(0.0);
  for (var at = thread; at < PIXELS; at += GROUP) {
    let value = seen(b, at);
    low = min(low, value);
    high = max(high, value);
  }
#if COLOUR
  least[thread] = min(min(low.x, low.y), low.z);
  largest[thread] = max(max(high.x, high.y), high.z);
#endif
#if !COLOUR
  least[thread] = low;
  largest[thread] = high;
#endif
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
  var value = seen(b, index % PIXELS);
#if SHIFT
  value = clamp(value + rows[2u * b].w, Pixel(spans[b].x), Pixel(spans[b].y));
#endif
#if BRIGHTNESS
  value = trunc(min(trunc(value) * rows[2u * b + 1u].w, Pixel(255.0)));
#endif
  value *= 1.0 / 255.0;
#if COLOUR
  y[3u * index] = value.x;
  y[3u * index + 1u] = value.y;
  y[3u * index + 2u] = value.z;
#endif
#if !COLOUR
  y[index] = value;
#endif
}
#endif
