// pcg4d of Jarzynski and Olano (JCGT 9(3), 2020): the twin of random::pcg4d.

fn pcg4d(key: vec4<u32>) -> vec4<u32> {
  var v = key * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4<u32>(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

fn uniform_of(word: u32) -> f32 {
  return f32(word >> 8u) * (1.0 / 16777216.0);
}
