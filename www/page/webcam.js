/** Photos from the webcam. */

const EVERY_MS = 150;
/** Photos at a time, however long the button is held. */
const MOST = 200;

/** An open webcam. */
export class Camera {
  #stream;
  #video;
  #canvas = document.createElement("canvas");

  /**
   * @param {MediaStream} stream
   * @param {HTMLVideoElement} video
   */
  constructor(stream, video) {
    this.#stream = stream;
    this.#video = video;
    [this.#canvas.width, this.#canvas.height] = [video.videoWidth, video.videoHeight];
  }

  /**
   * @param {HTMLVideoElement} video that shows what it sees
   * @returns {Promise<Camera>}
   */
  static async open(video) {
    if (!navigator.mediaDevices) throw new Error("a webcam needs a page on https or localhost");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    try {
      video.muted = true;
      video.playsInline = true;
      video.srcObject = stream;
      await video.play();
      return new Camera(stream, video);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  /**
   * Takes photos, one at least, a few a second.
   * @param {(taken: number) => boolean} goesOn is told how many there are, and says whether to take another
   * @returns {Promise<Blob[]>} JPEGs
   */
  async take(goesOn) {
    /** @type {Blob[]} */
    const photos = [];
    do {
      if (photos.length) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      this.#canvas.getContext("2d")?.drawImage(this.#video, 0, 0);
      /** @type {Blob | null} */
      const photo = await new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", 0.95));
      if (!photo) throw new Error("it gave no photo");
      photos.push(photo);
    } while (goesOn(photos.length) && photos.length < MOST);
    return photos;
  }

  close() {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
  }
}
