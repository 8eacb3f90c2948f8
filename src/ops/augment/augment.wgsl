// y[b,r,c] = photo b at (X, Y) / 255, bilinear between its four nearest pixels, where
//   X = m[0] c + m[1] r + m[2], Y = m[4] c + m[5] r + m[6], m = rows[b]; beyond the photo by the fill mode
//   and before the division + m[3] within what the photo spans, cut to a whole byte, * m[7], and cut again
// Layout: x [BATCH,HEIGHT,WIDTH,1 or 3] bytes, four a word, the lowest first; rows [BATCH,8]; y as x, values.
#if SHIFT
// One workgroup a photo, since each of its threads has to know what the whole photo spans.
#endif
#if !SHIFT
// One thread a pixel.
#endif

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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

fn write(i: u32, value: Pixel) {
#if COLOUR
  y[3u * i] = value.x;
  y[3u * i + 1u] = value.y;
  y[3u * i + 2u] = value.z;
#endif
#if !COLOUR
  y[i] = value;
#endif
}

fn finished(b: u32, value: Pixel) -> Pixel {
#if BRIGHTNESS
  return trunc(min(trunc(value) * rows[2u * b + 1u].w, Pixel(255.0))) * (1.0 / 255.0);
#endif
#if !BRIGHTNESS
  return value * (1.0 / 255.0);
#endif
}

#if SHIFT
var<workgroup> least: array<Pixel, GROUP>;
var<workgroup> largest: array<Pixel, GROUP>;

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let b = min(group.y * (ROW / GROUP) + group.x, BATCH - 1u);
  var low = Pixel(255.0);
  var high = Pixel(0.0);
  for (var at = thread; at < PIXELS; at += GROUP) {
    let value = seen(b, at);
    write(b * PIXELS + at, value);
    low = min(low, value);
    high = max(high, value);
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
  workgroupBarrier();
#if COLOUR
  let darkest = Pixel(min(min(least[0].x, least[0].y), least[0].z));
  let brightest = Pixel(max(max(largest[0].x, largest[0].y), largest[0].z));
#endif
#if !COLOUR
  let darkest = least[0];
  let brightest = largest[0];
#endif
  // Each thread reads what it has written itself.
  for (var at = thread; at < PIXELS; at += GROUP) {
    let i = b * PIXELS + at;
#if COLOUR
    let value = vec3<f32>(y[3u * i], y[3u * i + 1u], y[3u * i + 2u]);
#endif
#if !COLOUR
    let value = y[i];
#endif
    write(i, finished(b, clamp(value + rows[2u * b].w, darkest, brightest)));
  }
}
#endif
#if !SHIFT
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let b = index / PIXELS;
  write(index, finished(b, seen(b, index % PIXELS)));
}
#endif
