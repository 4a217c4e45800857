// Camera, picture or video to landmarks and bars. Each frame is read when the last one is done; listeners of the event
// "faces" on the document get what was read before it is drawn.
import { open, Detector, Faces } from './faces.js';

const $ = id => document.getElementById(id);
const canvas = $('picture'), context = canvas.getContext('2d', { willReadFrequently: true });
const video = $('video'), MOST_SIDE = 1280, HISTORY = 120, PRESENT = 0.5;
const say = text => { $('state').textContent = text; };
let faces, units, bars, playing = 0;

function addBars() {
  return units.map(({ number, name }) => {
    const row = document.createElement('div');
    row.className = 'unit';
    row.innerHTML = '<b></b><span class="name"></span><canvas width="120" height="22"></canvas>'
      + '<span class="bar"><i></i></span><output></output>';
    row.querySelector('b').textContent = `AU${number}`;
    row.querySelector('.name').textContent = name;
    $('units').append(row);
    return { row, history: [] };
  });
}

function show(found) {
  context.lineWidth = Math.max(1, canvas.width / 500);
  for (const [k, face] of found.entries()) {
    context.fillStyle = context.strokeStyle = k === 0 ? '#ffd23f' : '#8ecae6';
    for (let p = 0; p < face.landmarks.length; p += 2) {
      context.beginPath();
      context.arc(face.landmarks[p], face.landmarks[p + 1], Math.max(1.2, face.place.side / 130), 0, 2 * Math.PI);
      context.fill();
    }
  }
  for (const [n, { row, history }] of bars.entries()) {
    const p = found[0]?.probabilities[n];
    history.push(p ?? NaN);
    if (history.length > HISTORY) history.shift();
    row.classList.toggle('present', p >= PRESENT);
    row.querySelector('i').style.width = `${100 * (p ?? 0)}%`;
    row.querySelector('output').textContent = p === undefined ? '–' : p.toFixed(2);
    const line = row.querySelector('canvas'), pen = line.getContext('2d');
    pen.clearRect(0, 0, line.width, line.height);
    pen.strokeStyle = '#5b7cfa';
    pen.beginPath();
    history.forEach((v, i) => Number.isNaN(v) ? 0 : pen.lineTo(line.width - history.length + i, line.height - 1 - v * (line.height - 2)));
    pen.stroke();
  }
}

/** Reads what the source shows now. */
async function read(source, width, height, seconds) {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const started = performance.now();
  const found = await faces.next(context.getImageData(0, 0, canvas.width, canvas.height), seconds);
  found.sort((a, b) => b.place.side - a.place.side);
  document.dispatchEvent(new CustomEvent('faces', { detail: { faces: found, seconds } }));
  show(found);
  const ms = Math.round(performance.now() - started);
  say(`${found.length === 0 ? 'no face' : found.length === 1 ? 'one face' : `${found.length} faces`}, ${ms} ms a frame`);
}

function stop() {
  playing++;
  video.srcObject?.getTracks().forEach(track => track.stop());
  video.srcObject = null;
  video.pause();
  faces.reset();
  bars.forEach(bar => { bar.history.length = 0; });
}

async function play() {
  const own = ++playing;
  await video.play();
  while (own === playing && !video.ended) {
    if (video.readyState >= 2) await read(video, video.videoWidth, video.videoHeight, performance.now() / 1000);
    await new Promise(resolve => setTimeout(resolve, 10)); // the page answers in between
  }
}

async function camera() {
  stop();
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 } } });
  await play();
}

async function file(chosen) {
  stop();
  const address = URL.createObjectURL(chosen);
  try {
    if (chosen.type.startsWith('image/')) {
      const picture = await createImageBitmap(chosen);
      await read(picture, picture.width, picture.height, 0);
    } else {
      video.src = address;
      await play();
    }
  } finally {
    URL.revokeObjectURL(address);
  }
}

const told = work => async (...values) => {
  try {
    await work(...values);
  } catch (error) {
    say(`${error.name}: ${error.message}`);
  }
};

$('camera').onclick = told(camera);
$('file').onchange = told(event => event.target.files[0] && file(event.target.files[0]));
$('stop').onclick = () => { stop(); say('stopped'); };
document.ondragover = event => event.preventDefault();
document.ondrop = told(event => { event.preventDefault(); return event.dataTransfer.files[0] && file(event.dataTransfer.files[0]); });

await told(async () => {
  const about = await (await fetch('./model.json')).json();
  units = about.actionUnits;
  bars = addBars();
  faces = new Faces(await open('./model.onnx'), new Detector(await open('./detector.onnx')), about.imageSize);
  for (const button of document.querySelectorAll('button, input')) button.disabled = false;
  say('ready');
})();
