// flipped[ky,kx,f,c] = kernel[KERNEL_H-1-ky, KERNEL_W-1-kx, c, f]
// Layout: kernel [KERNEL_H,KERNEL_W,CHANNELS,FILTERS], flipped [KERNEL_H,KERNEL_W,FILTERS,CHANNELS].
// With it the input gradient of a convolution of stride 1 is a convolution of dy. One thread a weight.

@group(0) @binding(0) var<storage, read> kernel: array<f32>;
@group(0) @binding(1) var<storage, read_write> flipped: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = id.y * ROW + id.x;
  if (index >= THREADS) {
    return;
  }
  let c = index % CHANNELS;
  let f = index / CHANNELS % FILTERS;
  let tap = KERNEL_H * KERNEL_W - 1u - index / (CHANNELS * FILTERS);
  flipped[index] = kernel[(tap * CHANNELS + c) * FILTERS + f];
}
