// A ringing tone made on the spot, heard only when the visitor switched sound on.

let audio = null;
let timer = null;

/** Ring while `on`; silent otherwise. Must first be called from a click, as browsers want. */
export function tone(on) {
  if (!on) {
    clearInterval(timer);
    timer = null;
    return;
  }
  if (timer) return;
  burst();
  timer = setInterval(burst, 3000);
}

/** Wake the audio device from within a click. */
export function allowSound() {
  audio = audio || new AudioContext();
  audio.resume();
}

function burst() {
  if (!audio) return;
  for (const [at, pitch] of [[0, 440], [0, 480], [0.5, 440], [0.5, 480]]) {
    const source = audio.createOscillator();
    const gain = audio.createGain();
    source.frequency.value = pitch;
    gain.gain.setValueAtTime(0.0001, audio.currentTime + at);
    gain.gain.exponentialRampToValueAtTime(0.05, audio.currentTime + at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.42);
    source.connect(gain).connect(audio.destination);
    source.start(audio.currentTime + at);
    source.stop(audio.currentTime + at + 0.45);
  }
}
