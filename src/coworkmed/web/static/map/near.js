// "Near me": asks where the reader is, only after a click, and says in words what went wrong.

const WHY = { 1: "denied", 2: "unknown", 3: "slow" }; // GeolocationPositionError.code

/** Where the reader is, as "lat,lon" to some 10 m; throws an Error whose message is one of `texts`. */
export function whereabouts(texts) {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) return failed(new Error(texts.unknown));
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => found(`${coords.latitude.toFixed(4)},${coords.longitude.toFixed(4)}`),
      ({ code }) => failed(new Error(texts[WHY[code]])),
      { timeout: 15_000, maximumAge: 300_000 },
    );
  });
}
