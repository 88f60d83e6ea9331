// The camera of a tablet as a scanner, where the browser reads codes by itself.

/** Whether there is a point in offering it. */
export async function able() {
  if (!("BarcodeDetector" in globalThis) || !navigator.mediaDevices) return false;
  return (await globalThis.BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

/** Watch through the camera into `video` until the returned function is called; `seen` is told each new code once. */
export async function watch(video, seen) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  let last = "", timer = 0;
  video.srcObject = stream;
  await video.play();
  const look = async () => {
    const [code] = await detector.detect(video).catch(() => []);
    if (code && code.rawValue !== last) seen((last = code.rawValue));
    timer = setTimeout(look, 200);
  };
  look();
  return () => {
    clearTimeout(timer);
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
