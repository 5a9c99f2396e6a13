import { coach } from './coach.js';
import { byId } from './dom.js';
import { t } from './facts.js';
import { addPhotos } from './photos.js';

/** @type {MediaStream | undefined} */
let stream;
/** @type {AbortController | undefined} */
let coaching;

/** Offers the camera if the browser has one. */
export function offerCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return;
  byId('take').hidden = false;
  // Until the camera has given its first picture, no photo can be taken.
  viewfinder().addEventListener('loadeddata', () => {
    byId('shoot').hidden = false;
    byId('shoot').focus();
    if (coaching) void takeSelfies(coaching.signal);
  });
  byId('shoot').addEventListener('click', async () => {
    const photo = await shoot();
    dialog().close();
    addPhotos([photo]);
  });
  byId('camera-close').addEventListener('click', () => dialog().close());
  dialog().addEventListener('close', () => {
    coaching?.abort();
    for (const track of stream?.getTracks() ?? []) track.stop();
    viewfinder().srcObject = null;
  });
}

export const hasCamera = () => !byId('take').hidden;

/**
 * Shows the camera's picture, or says that there is no camera or that it was not allowed.
 * @param {{isCoached: boolean}} options whether it gives instructions and takes selfies by itself
 */
export async function openCamera({ isCoached }) {
  coaching = isCoached ? new AbortController() : undefined;
  byId('camera-problem').textContent = '';
  byId('coach').textContent = '';
  byId('oval').hidden = !isCoached;
  byId('shoot').hidden = true;
  dialog().showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } });
    viewfinder().srcObject = stream;
  } catch {
    byId('camera-problem').textContent = t('noCamera');
  }
}

/** @param {AbortSignal} signal */
async function takeSelfies(signal) {
  /** @type {File[]} */
  const selfies = [];
  await coach(viewfinder(), {
    signal,
    // A screen reader reads a sentence out each time that it is set. So it is set only when it
    // changes.
    say: (sentence) => {
      if (byId('coach').textContent !== sentence) byId('coach').textContent = sentence;
    },
    take: async () => void selfies.push(await shoot()),
  });
  if (signal.aborted) return;
  dialog().close();
  addPhotos(selfies);
}

/** The camera's present picture, as a file. */
async function shoot() {
  const video = viewfinder();
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  return new File([jpeg], `${t('camera')}.jpg`, { type: jpeg.type });
}

const dialog = () => /** @type {HTMLDialogElement} */ (byId('camera'));
const viewfinder = () => /** @type {HTMLVideoElement} */ (byId('viewfinder'));
