import { byId } from './dom.js';
import { t } from './facts.js';
import { addPhotos } from './photos.js';

/** @type {MediaStream | undefined} */
let stream;

/** Offers the camera where the browser has one to offer. */
export function offerCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return;
  byId('take').hidden = false;
  byId('take').addEventListener('click', () => void openCamera());
  // Before the first picture has come there is nothing to take.
  viewfinder().addEventListener('loadeddata', () => {
    byId('shoot').hidden = false;
    byId('shoot').focus();
  });
  byId('shoot').addEventListener('click', () => void shoot());
  byId('camera-close').addEventListener('click', () => dialog().close());
  dialog().addEventListener('close', () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    viewfinder().srcObject = null;
  });
}

export const hasCamera = () => !byId('take').hidden;

/** Shows what the camera sees; says so when there is none, or it was not allowed. */
export async function openCamera() {
  byId('camera-problem').textContent = '';
  byId('shoot').hidden = true;
  dialog().showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } });
    viewfinder().srcObject = stream;
  } catch {
    byId('camera-problem').textContent = t('noCamera');
  }
}

async function shoot() {
  const video = viewfinder();
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  dialog().close();
  addPhotos([new File([jpeg], `${t('camera')}.jpg`, { type: jpeg.type })]);
}

const dialog = () => /** @type {HTMLDialogElement} */ (byId('camera'));
const viewfinder = () => /** @type {HTMLVideoElement} */ (byId('viewfinder'));
