/** Photos from the webcam, one after the other. */

const EVERY_MS = 150;

/**
 * @param {number} count
 * @param {(taken: number) => void} onPhoto
 * @returns {Promise<Blob[]>} JPEGs
 */
export async function burst(count, onPhoto) {
  if (!navigator.mediaDevices) throw new Error("a webcam needs a page on https or localhost");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    /** @type {Blob[]} */
    const photos = [];
    while (photos.length < count) {
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      /** @type {Blob | null} */
      const photo = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
      if (!photo) throw new Error("it gave no photo");
      photos.push(photo);
      onPhoto(photos.length);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return photos;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
