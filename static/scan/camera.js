// The camera's pictures, read one after another by a worker: the page never stands still.

const EVERY = 90; // milliseconds between two pictures, at most
const LONG_SIDE = 1280;

export class Camera {
  // `read` is called with the text of each code; `failed` with a reason when there are no pictures.
  constructor({ video, worker, read, failed }) {
    Object.assign(this, { video, address: worker, read, failed });
    this.isOn = false;
    this.isPaused = false;
    this.number = 0;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    document.addEventListener("visibilitychange", () => this._comeBack());
  }

  async start(deviceId = null) {
    this.wanted = true;
    this.deviceId = deviceId;
    if (!navigator.mediaDevices?.getUserMedia) return this._no("none");
    this._openWorker();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" }),
          width: { ideal: 1280 },
          height: { ideal: 720 },
        },
      });
    } catch (error) {
      return this._no(error.name === "NotAllowedError" ? "refused" : "none");
    }
    this.video.srcObject = this.stream;
    try {
      await this.video.play();
    } catch {
      return this._no("none");
    }
    this.track = this.stream.getVideoTracks()[0];
    this.track.onended = () => this._comeBack();
    this.isOn = true;
    this._look();
    return true;
  }

  stop() {
    this.wanted = false;
    this._end();
  }

  _end() {
    this.isOn = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }

  _no(why) {
    this.isOn = false;
    this.failed(why);
    return false;
  }

  // Some phones freeze the picture when the page was in the background: it is opened anew.
  async _comeBack() {
    if (!this.wanted || document.visibilityState !== "visible") return;
    const live = this.track?.readyState === "live" && !this.track.muted;
    if (live && !/iP(hone|ad|od)/.test(navigator.userAgent)) return;
    this._end();
    await this.start(this.deviceId);
  }

  get canLight() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async choices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) || [];
    return all.filter((one) => one.kind === "videoinput");
  }

  _openWorker() {
    if (this.worker) return;
    this.worker = new Worker(this.address);
    this.worker.onmessage = ({ data }) => this._answered(data);
    this.worker.onerror = () => this.failed("reader"); // offline, it dies without a word otherwise
  }

  _answered(data) {
    if (data.kind === "ready") this.reader = data.reader;
    if (data.kind === "failed") this.failed("reader");
    if (data.kind) return;
    this.busy = false;
    this.took = data.ms;
    if (data.text && this.isOn && !this.isPaused) this.read(data.text);
  }

  _look() {
    if (!this.isOn) return;
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth && !this.busy && !this.isPaused) {
      const scale = Math.min(1, LONG_SIDE / Math.max(videoWidth, videoHeight));
      const width = Math.round(videoWidth * scale);
      const height = Math.round(videoHeight * scale);
      if (this.canvas.width !== width || this.canvas.height !== height) {
        Object.assign(this.canvas, { width, height });
      }
      this.pen.drawImage(this.video, 0, 0, width, height);
      const { data } = this.pen.getImageData(0, 0, width, height);
      this.busy = true;
      this.number += 1;
      this.worker.postMessage({ id: this.number, width, height, data: data.buffer }, [data.buffer]);
    }
    setTimeout(() => this._look(), EVERY);
  }
}
