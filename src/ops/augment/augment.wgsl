// y[b,r,c] = photo b at (X, Y) / 255, bilinear between its four nearest pixels, where
//   X = m[0] c + m[1] r + m[2], Y = m[4] c + m[5] r + m[6], m = rows[b]; beyond the photo by the fill mode
//   and before the division + m[3], cut to a whole byte, * m[7], and cut again
// Layout: x [BATCH,HEIGHT,WIDTH,1 or 3] bytes, four a word, the lowest first; rows [BATCH,8]; y as x, values.
// One thread for RUN pixels of a column, threads side by side for columns side by side.
#if SHIFT
// No value may leave what its photo spans before the shift; span.wgsl and settle.wgsl see to that: for them
// span [BATCH,BANDS,WIDTH] is the thread's largest value, or where the shift is below 0, the least one * -1.
#endif

@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
#if SHIFT
@group(0) @binding(3) var<storage, read_write> span: array<f32>;
#endif

const SIDES = vec2<f32>(f32(WIDTH), f32(HEIGHT));
const LAST = SIDES - 1.0;

#if COLOUR
alias Pixel = vec3<f32>;
#endif
#if !COLOUR
alias Pixel = f32;
#endif

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

// Pixel number i of all photos' and the one behind it, the share of which is so much. Software adapters convert
// integers with a sign faster. Beyond the last column, and below the last row, what is read counts for nothing.
fn beside(i: i32, share: f32) -> Pixel {
#if COLOUR
  let at = u32(3 * i);
  let shift = at % 4u * 8u;
  let word = at / 4u;
  // Two shifts, since one by 32 bits would be none.
  let middle = x[word + 1u];
  let low = (x[word] >> shift) | ((middle << 1u) << (31u - shift));
  let high = (middle >> shift) | ((x[word + 2u] << 1u) << (31u - shift));
  let left = vec3<f32>(vec3<i32>((vec3<u32>(low) >> vec3<u32>(0u, 8u, 16u)) & vec3<u32>(255u)));
  let right = vec3<f32>(vec3<i32>(vec3<u32>(low >> 24u, high & 255u, (high >> 8u) & 255u)));
#endif
#if !COLOUR
  let at = u32(i);
  let shift = at % 4u * 8u;
  let bits = (x[at / 4u] >> shift) | ((x[at / 4u + 1u] << 1u) << (31u - shift));
  let left = f32(i32(bits & 255u));
  let right = f32(i32((bits >> 8u) & 255u));
#endif
  return mixed(left, right, share);
}

// In this form equal bytes give that very byte.
fn mixed(one: Pixel, other: Pixel, share: f32) -> Pixel {
  return one + share * (other - one);
}

// What is seen of photo b at such a place, of bytes' sizes.
fn seen(b: u32, mapped: vec2<f32>) -> Pixel {
  let place = inside(mapped);
  let low = floor(place);
  let share = place - low;
  let above = i32(b * (WIDTH * HEIGHT)) + i32(low.y) * i32(WIDTH) + i32(low.x);
  let value = mixed(beside(above, share.x), beside(above + i32(WIDTH), share.x), share.y);
#if CONSTANT
  return select(value, Pixel(CVAL), any(mapped < vec2<f32>()) | any(mapped > LAST));
#endif
#if !CONSTANT
  return value;
#endif
}

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let column = index % WIDTH;
  let b = index / (WIDTH * BANDS);
  let first = index / WIDTH % BANDS * RUN;
  let across = rows[2u * b];
  let down = rows[2u * b + 1u];
  let here = vec2<f32>(across.x, down.x) * f32(column);
#if SHIFT
  let sign = select(1.0, -1.0, across.w < 0.0);
  var most = -255.0;
#endif
  let end = min(first + RUN, HEIGHT);
  for (var r = first; r < end; r++) {
    let start = vec2<f32>(across.y, down.y) * f32(r) + vec2<f32>(across.z, down.z);
    var value = seen(b, here + start);
#if SHIFT
    let signed = sign * value;
#if COLOUR
    most = max(max(most, signed.x), max(signed.y, signed.z));
#endif
#if !COLOUR
    most = max(most, signed);
#endif
    value += across.w;
#endif
#if BRIGHTNESS
    value = trunc(min(trunc(value) * down.w, Pixel(255.0)));
#endif
    value *= 1.0 / 255.0;
    let i = (b * HEIGHT + r) * WIDTH + column;
#if COLOUR
    y[3u * i] = value.x;
    y[3u * i + 1u] = value.y;
    y[3u * i + 2u] = value.z;
#endif
#if !COLOUR
    y[i] = value;
#endif
  }
#if SHIFT
  span[index] = most;
#endif
}
