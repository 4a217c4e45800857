"""python loader.py folder size batch workers: training batches from a prepared set with OpenCV and NumPy.

The same steps as the kit's AuLoader at AugmentationOptions.Paper: decode, one warp for crop and geometry, colour, blur,
JPEG, dropout, landmarks moved with the picture. For each "round" on the standard input it goes through an epoch and
answers with the seconds.
"""
import json
import pathlib
import sys
import time

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

FLIPPED = np.r_[16:-1:-1, 26:16:-1, 27:31, 35:30:-1, 45:41:-1, 47, 46, 39:35:-1, 41, 40,
                54:47:-1, 59:54:-1, 64:59:-1, 67:64:-1]


class Prepared(Dataset):
    def __init__(self, folder, size):
        self.folder, self.size = pathlib.Path(folder), size
        lines = (self.folder / "frames.jsonl").read_text().splitlines()
        self.rows = [json.loads(line) for line in lines[1:-1]]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row, size = self.rows[index], self.size
        rng = np.random.default_rng((1, index))  # workers that persist hear of no epoch
        data = np.fromfile(self.folder / row["path"], dtype=np.uint8)
        image = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

        # From the picture to the crop: one affine map.
        x0, y0, x1, y1 = row["box"]
        side = 200 * (x1 - x0 + y1 - y0) / 260
        angle, scale = np.deg2rad(rng.uniform(-15, 15)), rng.uniform(0.75, 1.25) * size / side
        shift = rng.uniform(-10 / 256, 10 / 256, 2) * size
        flip = rng.random() < 0.5
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        if flip:
            turn[0] = -turn[0]
        centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        matrix = np.c_[turn, size / 2 + shift - turn @ centre]
        # warpAffine puts a pixel's centre at whole numbers, the map at halves.
        offset = matrix[:, 2] + turn @ [0.5, 0.5] - 0.5
        crop = cv2.warpAffine(image, np.c_[turn, offset], (size, size), flags=cv2.INTER_LINEAR)
        landmarks = np.array([np.nan if v is None else v for v in row["landmarks"]], np.float32).reshape(68, 2)
        landmarks = landmarks @ turn.T.astype(np.float32) + matrix[:, 2].astype(np.float32)
        if flip:
            landmarks = landmarks[FLIPPED]

        crop = self.jitter(crop, rng)
        if rng.random() < 0.5:
            a = rng.uniform(0.05, 0.25)
            kernel = np.array([a, 1 - 2 * a, a], np.float32)
            crop = cv2.sepFilter2D(crop, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE)
        if rng.random() < 0.5:
            _, coded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 101))])
            crop = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        if rng.random() < 0.5:
            for _ in range(rng.integers(1, 4)):
                width, height = (rng.uniform(0.05, 0.25, 2) * size).astype(int)
                left, top = rng.integers(0, size - width + 1), rng.integers(0, size - height + 1)
                crop[top:top + height, left:left + width] = rng.integers(0, 256)

        inside = np.isfinite(landmarks).all(1) & (landmarks >= 0).all(1) & (landmarks < size).all(1)
        labels = np.array(row["labels"])
        return (np.ascontiguousarray(crop.transpose(2, 0, 1)).astype(np.float32) / 255, (labels == 1).astype(np.float32),
                (labels != 9).astype(np.float32), np.nan_to_num(landmarks), inside.astype(np.float32), index)

    @staticmethod
    def jitter(crop, rng):
        """Brightness, contrast about the mean grey and saturation, as one matrix of a pixel."""
        brightness, contrast, saturation = rng.uniform(0.7, 1.3, 3)
        grey = np.array([0.299, 0.587, 0.114])
        mean = brightness * (np.array(cv2.mean(crop)[:3]) @ grey)
        mix = brightness * contrast * (saturation * np.eye(3) + (1 - saturation) * grey)
        return cv2.transform(crop, np.c_[mix, np.full(3, (1 - contrast) * mean)])


def start(_):
    cv2.setNumThreads(0)


def main(folder, size, batch, workers):
    torch.set_num_threads(1)
    data = Prepared(folder, int(size))
    loader = DataLoader(data, int(batch), shuffle=True, num_workers=int(workers), worker_init_fn=start, persistent_workers=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        for _ in loader:
            pass
        print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
