// Faces of pictures and of videos: BlazeFace finds them, the model reads landmarks and action units, and in a video a face
// is looked for where it was. The same steps as lib/Prediction, less quarter turns and tiles of large pictures.
import * as ort from './ort.wasm.bundle.min.mjs';
import { map, then, placeOfBox, placeOfLandmarks, toImage, isNear, distance, sample } from './geometry.js';

ort.env.wasm.numThreads = 1; // more need headers that a plain web server does not send
ort.env.logLevel = 'error';

const LEAST_SCORE = 0.5, SURE = 0.75, LEAST_OVERLAP = 0.3, LEAST_CONFIDENCE = 0.1, MOST_ROUNDS = 4;
const BETWEEN_DETECTIONS = 0.2, LONGEST_UNCONFIRMED = 1, NEAR = 0.6, SAME = 0.25; // seconds, and sides of a crop
const POINTS = 68;

const run = (from, to) => Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + i * Math.sign(to - from));
/** For each landmark, the one that takes its place when the picture is mirrored. */
const FLIPPED = [
  ...run(16, 0), ...run(26, 17), ...run(27, 30), ...run(35, 31), ...run(45, 42), 47, 46, ...run(39, 36), 41, 40,
  ...run(54, 48), ...run(59, 55), ...run(64, 60), ...run(67, 65),
];

export const open = path => ort.InferenceSession.create(new URL(path, import.meta.url).href);

/** BlazeFace at 256 pixels; see lib/Prediction/BlazeFaceDetector.cs. */
export class Detector {
  static SIDE = 256;
  constructor(session) {
    this.session = session;
    this.anchors = [[16, 2], [8, 6]].flatMap(([cells, each]) => run(0, cells - 1).flatMap(y => run(0, cells - 1).flatMap(x =>
      Array(each).fill([(x + 0.5) / cells, (y + 0.5) / cells]))));
  }

  /** Places of the faces, the surest first. */
  async find(image) {
    const longer = Math.max(image.width, image.height);
    let found = await this.look(image, longer);
    if (!found.some(f => f.score >= SURE)) found.push(...await this.look(image, 1.6 * longer));
    found.sort((a, b) => b.score - a.score);
    const kept = [];
    for (const f of found) {
      if (!kept.some(k => overlap(k, f) > LEAST_OVERLAP || shared(k, f) > 0.7 * Math.min(area(k), area(f)))) kept.push(f);
    }
    return kept.map(f => {
      const v = f.values, roll = Math.atan2(v[7] - v[5], v[6] - v[4]), square = (v[2] + v[3]) / 2;
      const x = v[0] - Math.sin(roll) * 0.101 * square, y = v[1] + Math.cos(roll) * 0.101 * square;
      const half = 0.884 * square / 2;
      const box = { x0: x - half, y0: y - half, x1: x + half, y1: y + half };
      return { score: f.score, place: placeOfBox(box, roll * 180 / Math.PI) };
    });
  }

  async look(image, square) {
    const side = Detector.SIDE, scale = square / side;
    const m = [scale, 0, (image.width - square) / 2, 0, scale, (image.height - square) / 2];
    const planes = new Float32Array(3 * side * side), input = new Float32Array(planes.length);
    sample(image, m, side, planes);
    for (let p = 0; p < side * side; p++)
      for (let c = 0; c < 3; c++) input[3 * p + c] = 2 * planes[c * side * side + p] - 1;
    const session = this.session;
    const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', input, [1, side, side, 3]) });
    const [s1, s2, b1, b2] = session.outputNames.map(name => outputs[name].data);
    const found = [];
    for (const [scores, boxes, first] of [[s1, b1, 0], [s2, b2, s1.length]]) {
      for (let i = 0; i < scores.length; i++) {
        const score = 1 / (1 + Math.exp(-scores[i]));
        if (score < LEAST_SCORE) continue;
        const values = [], raw = boxes.subarray(16 * i, 16 * i + 16), [ax, ay] = this.anchors[first + i];
        for (let k = 0; k < 16; k += 2) values.push(...map(m, raw[k] + side * ax, raw[k + 1] + side * ay));
        [values[2], values[3]] = [raw[2] * scale, raw[3] * scale];
        found.push({ score, values });
      }
    }
    return merged(found);
  }
}

const area = f => f.values[2] * f.values[3];
const along = (axis, a, b) => Math.max(0,
  Math.min(a.values[axis] + a.values[axis + 2] / 2, b.values[axis] + b.values[axis + 2] / 2)
  - Math.max(a.values[axis] - a.values[axis + 2] / 2, b.values[axis] - b.values[axis + 2] / 2));
const shared = (a, b) => along(0, a, b) * along(1, a, b);
const overlap = (a, b) => shared(a, b) / (area(a) + area(b) - shared(a, b));

/** Candidates that lie on one another become their mean, weighted by score. */
function merged(candidates) {
  let rest = candidates.toSorted((a, b) => b.score - a.score);
  const out = [];
  while (rest.length > 0) {
    const best = rest[0], same = rest.filter(c => c === best || overlap(best, c) > LEAST_OVERLAP);
    const weight = same.reduce((sum, c) => sum + c.score, 0);
    out.push({ score: best.score, values: best.values.map((_, k) => same.reduce((s, c) => s + c.score * c.values[k], 0) / weight) });
    rest = rest.filter(c => !same.includes(c));
  }
  return out;
}

/** Reads and follows faces; see lib/Prediction/FaceReader.cs and FaceTracker.cs. */
export class Faces {
  constructor(model, detector, size) {
    [this.model, this.detector, this.size] = [model, detector, size];
    this.reset();
  }

  /** Forgets the faces that are followed: a new picture or video. */
  reset() {
    [this.tracks, this.detected, this.lost] = [[], -Infinity, false];
  }

  /** The faces of the next frame: {landmarks, confidence, probabilities}. */
  async next(image, seconds) {
    const looks = this.tracks.map(track => ({ ...track, fresh: false }));
    if (seconds - this.detected >= BETWEEN_DETECTIONS || this.lost) {
      this.detected = seconds;
      for (const { place } of await this.detector.find(image)) {
        const known = looks.find(l => !l.fresh && distance(l.place, place) < NEAR);
        if (known) Object.assign(known, { confirmed: seconds, fresh: true });
        else if (!looks.some(l => distance(l.place, place) < NEAR)) looks.push({ place, confirmed: seconds, fresh: true });
      }
    }
    const read = await this.read(image, looks.map(l => l.place));
    const faces = [];
    this.tracks = [];
    read.forEach((face, i) => {
      if (face.confidence < LEAST_CONFIDENCE || seconds - looks[i].confirmed > LONGEST_UNCONFIRMED
        || faces.some(f => distance(f.place, face.place) < SAME)) return;
      faces.push(face);
      this.tracks.push({ ...looks[i], place: placeOfLandmarks(face.landmarks, image) ?? face.place });
    });
    this.lost = looks.length > faces.length;
    return faces;
  }

  /** Each crop and its mirror image, again in a better place until the crop is the one that its landmarks ask for. */
  async read(image, places) {
    const faces = [];
    let waiting = places.map((place, face) => ({ face, place }));
    for (let round = 1; waiting.length > 0; round++) {
      const read = await this.once(image, waiting.map(w => w.place)), again = [];
      waiting.forEach(({ face, place }, i) => {
        faces[face] = read[i];
        const better = placeOfLandmarks(read[i].landmarks, image);
        if (round < MOST_ROUNDS && better && !isNear(better, place))
          again.push({ face, place: { ...better, side: Math.min(Math.max(better.side, place.side / 2), place.side * 2) } });
      });
      waiting = again;
    }
    return faces;
  }

  async once(image, places) {
    const { size } = this, values = 3 * size * size, pixels = new Float32Array(2 * places.length * values);
    places.forEach((place, i) => [false, true].forEach((mirrored, k) =>
      sample(image, toImage(place, size, mirrored), size, pixels, (2 * i + k) * values)));
    const out = await this.model.run({ image: new ort.Tensor('float32', pixels, [2 * places.length, 3, size, size]) });
    const [points, sure, logits] = [out.landmarks.data, out.confidence.data, out.logits.data];
    const units = logits.length / (2 * places.length);
    return places.map((place, i) => {
      const landmarks = [], straight = toImage(place, size), mirrored = toImage(place, size, true);
      let spread = 0, confidence = 0;
      for (let k = 0; k < POINTS; k++) {
        const other = FLIPPED[k], at = POINTS * 2 * i + k, mirror = POINTS * (2 * i + 1) + other;
        const [x, y] = map(straight, points[2 * at], points[2 * at + 1]);
        const [mx, my] = map(mirrored, points[2 * mirror], points[2 * mirror + 1]);
        const a = Math.max(sure[at], 1e-3), b = Math.max(sure[mirror], 1e-3);
        spread += Math.hypot(mx - x, my - y) / 2 / POINTS;
        landmarks.push(x + b / (a + b) * (mx - x), y + b / (a + b) * (my - y));
        confidence += (sure[at] + sure[mirror]) / 2 / POINTS;
      }
      const probabilities = run(0, units - 1).map(n =>
        1 / (1 + Math.exp(-(logits[2 * i * units + n] + logits[(2 * i + 1) * units + n]) / 2)));
      return { place, landmarks, confidence: confidence * Math.exp(-spread / (0.03 * place.side)), probabilities };
    });
  }
}
