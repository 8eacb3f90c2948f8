// The twin of ops::StepParams.
struct Step {
  rate: f32,
  scale: f32,
  seed: u32,
  epoch: u32,
  row: u32,
  part: u32,
  photos: u32,
}
