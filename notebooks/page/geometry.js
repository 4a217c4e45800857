// Affine maps, crops and sampling, as lib/Data and lib/Prediction/FaceReader.cs do them: the model sees in the browser
// what it sees in C#. A map is [xx, xy, x0, yx, yy, y0] over continuous pixels.

export const map = (m, x, y) => [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]];

/** First a, and then b. */
export const then = (a, b) => [
  b[0] * a[0] + b[1] * a[3], b[0] * a[1] + b[1] * a[4], b[0] * a[2] + b[1] * a[5] + b[2],
  b[3] * a[0] + b[4] * a[3], b[3] * a[1] + b[4] * a[4], b[3] * a[2] + b[4] * a[5] + b[5],
];

const turn = degrees => {
  const [sin, cos] = [Math.sin(degrees * Math.PI / 180), Math.cos(degrees * Math.PI / 180)];
  return [cos, -sin, 0, sin, cos, 0];
};

/** A turn smaller than this is left alone: training turns faces, too. */
const LEAST_ROLL = 15;
const upright = roll => Math.abs(roll) < LEAST_ROLL ? 0 : roll;

export const boxOf = points => {
  const xs = points.filter((_, i) => i % 2 === 0), ys = points.filter((_, i) => i % 2 === 1);
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
};

/** The square about a face box, side 200·(w + h)/260, turned by roll: {x, y, side, roll}. */
export const placeOfBox = (box, roll = 0) => ({
  x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2,
  side: 200 * (box.x1 - box.x0 + box.y1 - box.y0) / 260, roll: upright(roll),
});

/** The place of a face with these 68 landmarks; null where they span none. */
export function placeOfLandmarks(points, image) {
  let dx = 0, dy = 0;
  for (let k = 36; k < 42; k++) {
    dx += points[2 * (k + 6)] - points[2 * k];
    dy += points[2 * (k + 6) + 1] - points[2 * k + 1];
  }
  const roll = upright(Math.atan2(dy, dx) * 180 / Math.PI);
  const turned = [];
  for (let k = 0; k < points.length; k += 2) turned.push(...map(turn(-roll), points[k], points[k + 1]));
  const box = boxOf(turned);
  if (!(box.x1 - box.x0 >= 1 && box.y1 - box.y0 >= 1)) return null;
  const place = placeOfBox(box, roll);
  const [x, y] = map(turn(roll), place.x, place.y);
  return {
    x: Math.min(Math.max(x, 0), image.width), y: Math.min(Math.max(y, 0), image.height),
    side: Math.min(place.side, 2 * Math.max(image.width, image.height)), roll,
  };
}

/** From pixels of a crop of that size to pixels of the picture. */
export function toImage(place, size, mirrored = false) {
  const scale = place.side / size;
  const centred = [mirrored ? -scale : scale, 0, (mirrored ? scale : -scale) * size / 2, 0, scale, -scale * size / 2];
  const turned = then(centred, turn(place.roll));
  return then(turned, [1, 0, place.x, 0, 1, place.y]);
}

/** Whether a network would see about the same in both. */
export const isNear = (a, b) =>
  Math.abs(a.x - b.x) < 0.04 * a.side && Math.abs(a.y - b.y) < 0.04 * a.side
  && Math.abs(Math.log(a.side / b.side)) < 0.06 && Math.abs(a.roll - b.roll) < 8;

/** How far two places lie apart, in their mean side; twice the side counts as one side of way. */
export const distance = (a, b) =>
  2 * Math.hypot(a.x - b.x, a.y - b.y) / (a.side + b.side) + Math.abs(Math.log2(a.side / b.side));

/** Samples a square of size x size: bilinear, the mean of n x n where the picture is finer, black outside; red, green and
 * blue planes from 0 to 1. */
export function sample(image, m, size, output, at = 0) {
  const { width, height, data } = image;
  const taps = Math.min(Math.max(Math.ceil(Math.sqrt(Math.abs(m[0] * m[4] - m[1] * m[3])) / 1.25), 1), 8);
  const plane = size * size, weight = 1 / (255 * taps * taps);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let red = 0, green = 0, blue = 0;
      for (let tap = 0; tap < taps * taps; tap++) {
        const u = column + (tap % taps + 0.5) / taps, v = row + (Math.floor(tap / taps) + 0.5) / taps;
        const x = m[0] * u + m[1] * v + m[2] - 0.5, y = m[3] * u + m[4] * v + m[5] - 0.5;
        if (!(x > -1 && y > -1 && x < width && y < height)) continue;
        const left = Math.floor(x), top = Math.floor(y), fx = x - left, fy = y - top;
        for (let n = 0; n < 4; n++) {
          const cx = left + (n & 1), cy = top + (n >> 1);
          if (cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
          const w = (n & 1 ? fx : 1 - fx) * (n >> 1 ? fy : 1 - fy), p = 4 * (cy * width + cx);
          red += w * data[p];
          green += w * data[p + 1];
          blue += w * data[p + 2];
        }
      }
      const pixel = at + row * size + column;
      output[pixel] = red * weight;
      output[pixel + plane] = green * weight;
      output[pixel + 2 * plane] = blue * weight;
    }
  }
}
