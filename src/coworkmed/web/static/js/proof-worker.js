// Finds a number with which the SHA-256 of a form's signed moment begins with so many zero bits, a little at a time.

const TOGETHER = 256;
const text = new TextEncoder();

async function zeros(challenge, number) {
  const digest = new DataView(await crypto.subtle.digest("SHA-256", text.encode(`${challenge}:${number}`)));
  return Math.clz32(digest.getUint32(0));
}

addEventListener("message", async ({ data: { challenge, bits } }) => {
  for (let first = 0; ; first += TOGETHER) {
    const found = await Promise.all(Array.from({ length: TOGETHER }, (_, at) => zeros(challenge, first + at)));
    const at = found.findIndex((count) => count >= bits);
    if (at >= 0) return postMessage(first + at);
  }
});
